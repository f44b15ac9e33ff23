package io.milena.bench.embedded;

import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** One broker that is its controller too, started as spring-kafka-test's {@code @EmbeddedKafka} does. */
final class KafkaInProcess implements InProcessBroker {
    private final KafkaClusterTestKit kit;

    KafkaInProcess() throws Exception {
        kit = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                        .setCombined(true)
                        .setNumBrokerNodes(1)
                        .setNumControllerNodes(1)
                        .build())
                .build();
        kit.format();
        kit.startup();
        kit.waitForReadyBrokers();
    }

    @Override
    public String bootstrapServers() {
        return kit.bootstrapServers();
    }

    @Override
    public void close() throws Exception {
        kit.close();
    }
}
