package io.milena.starter.testing;

import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jspecify.annotations.Nullable;

/** Apache Kafka from Maven jars, in this JVM and until its end; the kit deletes its directories itself. */
final class ApacheTestBroker {

    private ApacheTestBroker() {}

    static TestBroker start(@Nullable String advertised) {
        try {
            KafkaClusterTestKit.Builder builder = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                            .setCombined(true)
                            .setNumBrokerNodes(1)
                            .setNumControllerNodes(1)
                            .build())
                    .setConfigProp("auto.create.topics.enable", "false")
                    .setConfigProp("group.initial.rebalance.delay.ms", "0")
                    .setConfigProp("offsets.topic.num.partitions", "3")
                    .setConfigProp("offsets.topic.replication.factor", "1");
            if (advertised != null) {
                builder.setConfigProp("advertised.listeners", "EXTERNAL://" + advertised);
            }
            KafkaClusterTestKit kit = builder.build();
            kit.format();
            kit.startup();
            kit.waitForReadyBrokers();
            String servers = kit.bootstrapServers();
            return () -> servers;
        } catch (Exception e) {
            throw new IllegalStateException("Apache Kafka did not start", e);
        }
    }
}
