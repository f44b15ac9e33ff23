package io.milena.starter.testing;

import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;

/** Apache Kafka from Maven jars, in this JVM and until its end; the kit deletes its directories itself. */
final class ApacheTestBroker {

    private ApacheTestBroker() {}

    static TestBroker start() {
        try {
            KafkaClusterTestKit kit = new KafkaClusterTestKit.Builder(new TestKitNodes.Builder()
                            .setCombined(true)
                            .setNumBrokerNodes(1)
                            .setNumControllerNodes(1)
                            .build())
                    .setConfigProp("auto.create.topics.enable", "false")
                    .setConfigProp("group.initial.rebalance.delay.ms", "0")
                    .setConfigProp("offsets.topic.num.partitions", "3")
                    .setConfigProp("offsets.topic.replication.factor", "1")
                    .build();
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
