package io.milena.compare;

import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CLUSTER;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import java.util.List;

/**
 * What both servers have before the questions: topics (their ids as <code>${nameId}</code>), five records in {@code read}, offsets of the
 * groups {@code committed}; and a batch as <code>${batch}</code>.
 */
final class SetUp {
    private static final List<String> TOPICS = List.of("read", "plain", "cut", "grow", "altered", "compact");

    private SetUp() {}

    static void run(Interview interview) {
        long nowMs = System.currentTimeMillis();
        interview.know("batch", Batches.field(Batches.plain(5, nowMs)));
        interview.about("set-up");
        interview.ask("cluster", DESCRIBE_CLUSTER, 2, "{}").remember("clusterId", "/clusterId");
        for (String topic : TOPICS) {
            topic(
                    interview,
                    topic,
                    topic.equals("read") ? 2 : 1,
                    topic.equals("compact") ? "[{name: 'cleanup.policy', value: 'compact'}]" : "[]");
        }
        for (String topic : List.of("read", "cut")) {
            interview.ask(
                    "records",
                    PRODUCE,
                    11,
                    "{acks: -1, timeoutMs: 10000, topicData: [{name: '" + topic
                            + "', partitionData: [{index: 0, records: '${batch}'}]}]}");
        }
        // Servers number producers from 0 on, which is no number to compare.
        for (int i = 0; i < 2; i++) {
            interview.await(
                    INIT_PRODUCER_ID, 4, "{transactionalId: null, transactionTimeoutMs: 60000}", "/errorCode", "0");
        }
        interview.await(FIND_COORDINATOR, 4, "{coordinatorKeys: ['committed']}", "/coordinators/0/errorCode", "0");
        interview.await(
                OFFSET_COMMIT,
                8,
                "{groupId: 'committed', topics: [{name: 'read', partitions: [{partitionIndex: 0, committedOffset: 3, committedMetadata: 'm'}, {partitionIndex: 1, committedOffset: 0}]}]}",
                "/topics/0/partitions/0/errorCode",
                "0");
    }

    /** Makes a topic and returns when its partitions have leaders. Its id is known as its name with "Id" behind. */
    static void topic(Interview interview, String name, int partitions, String configs) {
        interview
                .ask(
                        "topic " + name,
                        CREATE_TOPICS,
                        7,
                        "{topics: [{name: '" + name + "', numPartitions: " + partitions
                                + ", replicationFactor: 1, configs: " + configs + "}], timeoutMs: 20000}")
                .remember(name + "Id", "/topics/0/topicId");
        interview.await(
                METADATA,
                12,
                "{topics: [{name: '" + name + "'}]}",
                "/topics/0/partitions/" + (partitions - 1) + "/leaderId",
                "1");
    }
}
