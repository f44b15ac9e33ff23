package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.ELECT_LEADERS;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import io.milena.compare.Interview;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Topics made, enlarged, moved and deleted, well and badly. */
final class TopicLife implements Script {
    private static final List<String> NAMES = List.of(
            "",
            ".",
            "..",
            "a b",
            "a/b",
            "a:b",
            "a,b",
            "\u00fc",
            "a.b_c",
            "a_b.c",
            "a.b.c",
            "__consumer_offsets",
            "__transaction_state",
            "__cluster_metadata",
            "__share_group_state",
            "__own",
            "n".repeat(249),
            "n".repeat(250),
            "A-Z_09.",
            "read",
            "READ",
            "\\\\n",
            " read");

    @Override
    public void ask(Interview ask) {
        ask.about("topics");
        names(ask);
        layouts(ask);
        several(ask);
        partitions(ask);
        elections(ask);
        deletions(ask);
    }

    private static String topic(String rest) {
        return "{topics: [{" + rest + "}], timeoutMs: 20000}";
    }

    private static void names(Interview ask) {
        for (String name : NAMES) {
            ask.ask(
                    "name " + name,
                    CREATE_TOPICS,
                    7,
                    topic("name: '" + name + "', numPartitions: 1, replicationFactor: 1"));
            ask.ask(
                    "name " + name + " to look at",
                    METADATA,
                    13,
                    "{topics: [{name: '" + name + "'}], allowAutoTopicCreation: false}");
            ask.ask("name " + name + " to look at", METADATA, 0, "{topics: [{name: '" + name + "'}]}");
            ask.ask(
                    "name " + name + " to describe",
                    DESCRIBE_TOPIC_PARTITIONS,
                    0,
                    "{topics: [{name: '" + name + "'}], responsePartitionLimit: 1}");
            ask.ask(
                    "name " + name + " to write to",
                    PRODUCE,
                    11,
                    "{acks: -1, timeoutMs: 1000, topicData: [{name: '" + name
                            + "', partitionData: [{index: 77, records: '${batch}'}]}]}");
        }
    }

    private static void layouts(Interview ask) {
        Map<String, String> layouts = new LinkedHashMap<>();
        layouts.put("no partitions", "numPartitions: 0, replicationFactor: 1");
        layouts.put("partitions -2", "numPartitions: -2, replicationFactor: 1");
        layouts.put("default partitions", "numPartitions: -1, replicationFactor: 1");
        layouts.put("no replicas", "numPartitions: 1, replicationFactor: 0");
        layouts.put("replicas -2", "numPartitions: 1, replicationFactor: -2");
        layouts.put("more replicas than brokers", "numPartitions: 1, replicationFactor: 2");
        layouts.put("too many partitions", "numPartitions: 1000000, replicationFactor: 1");
        layouts.put(
                "assignment",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: [1]}]");
        layouts.put(
                "assignment and number",
                "numPartitions: 1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: [1]}]");
        layouts.put(
                "assignment and factor",
                "numPartitions: -1, replicationFactor: 1, assignments: [{partitionIndex: 0, brokerIds: [1]}]");
        layouts.put(
                "assignment with a hole",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 1, brokerIds: [1]}]");
        layouts.put(
                "assignment twice",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: [1]}, {partitionIndex: 0, brokerIds: [1]}]");
        layouts.put(
                "assignment to nobody",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: []}]");
        layouts.put(
                "assignment to an unknown broker",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: [9]}]");
        layouts.put(
                "assignment to a broker twice",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: [1, 1]}]");
        layouts.put(
                "assignment to a negative broker",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: [-1]}]");
        layouts.put(
                "assignments of different size",
                "numPartitions: -1, replicationFactor: -1, assignments: [{partitionIndex: 0, brokerIds: [1]}, {partitionIndex: 1, brokerIds: [1, 2]}]");
        layouts.put(
                "unknown config", "numPartitions: 1, replicationFactor: 1, configs: [{name: 'no.such', value: '1'}]");
        layouts.put(
                "bad config", "numPartitions: 1, replicationFactor: 1, configs: [{name: 'retention.ms', value: 'x'}]");
        layouts.put(
                "config without a value",
                "numPartitions: 1, replicationFactor: 1, configs: [{name: 'retention.ms', value: null}]");
        layouts.put(
                "config twice",
                "numPartitions: 1, replicationFactor: 1, configs: [{name: 'retention.ms', value: '1'}, {name: 'retention.ms', value: '2'}]");
        layouts.put(
                "config with an empty name",
                "numPartitions: 1, replicationFactor: 1, configs: [{name: '', value: '1'}]");
        int number = 0;
        for (Map.Entry<String, String> layout : layouts.entrySet()) {
            for (int version = CREATE_TOPICS.oldestVersion(); version <= CREATE_TOPICS.latestVersion(); version++) {
                String named = topic("name: 'layout-" + number++ + "', " + layout.getValue());
                ask.ask(
                        layout.getKey() + ", only validated",
                        CREATE_TOPICS,
                        version,
                        named.replace("timeoutMs", "validateOnly: true, timeoutMs"));
                ask.ask(layout.getKey(), CREATE_TOPICS, version, named);
                ask.ask(layout.getKey() + ", again", CREATE_TOPICS, version, named);
            }
        }
    }

    private static void several(Interview ask) {
        String made = "numPartitions: 1, replicationFactor: 1";
        ask.ask(
                "two of one name",
                CREATE_TOPICS,
                7,
                "{topics: [{name: 'twice', " + made + "}, {name: 'twice', " + made + "}], timeoutMs: 20000}");
        ask.ask(
                "three of one name and another",
                CREATE_TOPICS,
                7,
                "{topics: [{name: 'thrice', " + made
                        + "}, {name: 'thrice', numPartitions: 2, replicationFactor: 1}, {name: 'thrice', " + made
                        + "}, {name: 'beside', " + made + "}], timeoutMs: 20000}");
        ask.ask(
                "two that collide",
                CREATE_TOPICS,
                7,
                "{topics: [{name: 'x.y', " + made + "}, {name: 'x_y', " + made + "}], timeoutMs: 20000}");
        ask.ask("no time", CREATE_TOPICS, 7, "{topics: [{name: 'no-time', " + made + "}], timeoutMs: 0}");
        ask.ask("none", CREATE_TOPICS, 7, "{topics: [], timeoutMs: 20000}");
    }

    private static void partitions(Interview ask) {
        ask.topic("growing", 1, "[]");
        List<String> changes = List.of(
                "count: 0, assignments: null",
                "count: -1, assignments: null",
                "count: 1, assignments: null",
                "count: 2, assignments: [{brokerIds: []}]",
                "count: 2, assignments: [{brokerIds: [9]}]",
                "count: 2, assignments: [{brokerIds: [1, 1]}]",
                "count: 2, assignments: [{brokerIds: [1]}, {brokerIds: [1]}]",
                "count: 3, assignments: [{brokerIds: [1]}]",
                "count: 2, assignments: []",
                "count: 2, assignments: [{brokerIds: [1]}]",
                "count: 2, assignments: null",
                "count: 1, assignments: null",
                "count: 3, assignments: null");
        for (String change : changes) {
            for (int version : CREATE_PARTITIONS.allVersions()) {
                ask.ask(
                        "partitions " + change + ", only validated",
                        CREATE_PARTITIONS,
                        version,
                        "{topics: [{name: 'growing', " + change + "}], timeoutMs: 20000, validateOnly: true}");
            }
            ask.ask(
                    "partitions " + change,
                    CREATE_PARTITIONS,
                    3,
                    "{topics: [{name: 'growing', " + change + "}], timeoutMs: 20000}");
        }
        ask.ask(
                "partitions of nobody, and one twice",
                CREATE_PARTITIONS,
                3,
                "{topics: [{name: 'nobody', count: 3, assignments: null}, {name: 'growing', count: 5, assignments: null}, {name: 'growing', count: 6, assignments: null}, {name: '', count: 2, assignments: null}, {name: '__consumer_offsets', count: 1, assignments: null}], timeoutMs: 20000}");
        List<String> moves = List.of("[1]", "[]", "[9]", "[1, 1]", "[-1]", "null", "[1, 2]");
        for (String replicas : moves) {
            for (int partition : new int[] {0, 77, -1}) {
                ask.ask(
                        "move " + partition + " to " + replicas,
                        ALTER_PARTITION_REASSIGNMENTS,
                        1,
                        "{timeoutMs: 5000, topics: [{name: 'growing', partitions: [{partitionIndex: " + partition
                                + ", replicas: " + replicas + "}]}]}");
            }
        }
        ask.ask(
                "move nobody's",
                ALTER_PARTITION_REASSIGNMENTS,
                1,
                "{timeoutMs: 5000, topics: [{name: 'nobody', partitions: [{partitionIndex: 0, replicas: [1]}]}, {name: '', partitions: []}]}");
    }

    private static void elections(Interview ask) {
        for (int version : ELECT_LEADERS.allVersions()) {
            for (int type : new int[] {0, 1, 2, -1}) {
                ask.ask(
                        "election " + type,
                        ELECT_LEADERS,
                        version,
                        "{electionType: " + type
                                + ", topicPartitions: [{topic: 'growing', partitions: [0, 1, 77]}, {topic: 'nobody', partitions: [0]}, {topic: '', partitions: [0]}], timeoutMs: 5000}");
            }
            ask.ask(
                    "election of no partitions",
                    ELECT_LEADERS,
                    version,
                    "{electionType: 0, topicPartitions: [], timeoutMs: 5000}");
        }
    }

    private static void deletions(Interview ask) {
        ask.topic("going", 1, "[]");
        ask.topic("going-too", 1, "[]");
        ask.ask(
                "delete by id and name",
                DELETE_TOPICS,
                6,
                "{topics: [{name: 'going', topicId: '${goingId}'}], timeoutMs: 5000}");
        ask.ask(
                "delete one twice",
                DELETE_TOPICS,
                6,
                "{topics: [{name: 'going'}, {name: 'going'}, {name: 'going-too', topicId: 'AAAAAAAAAAAAAAAAAAAAAA'}], timeoutMs: 5000}");
        ask.ask(
                "delete by name and by id",
                DELETE_TOPICS,
                6,
                "{topics: [{name: 'going'}, {name: null, topicId: '${goingId}'}], timeoutMs: 5000}");
        ask.ask(
                "delete neither",
                DELETE_TOPICS,
                6,
                "{topics: [{name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAA'}], timeoutMs: 5000}");
        ask.ask("delete by id", DELETE_TOPICS, 6, "{topics: [{name: null, topicId: '${goingId}'}], timeoutMs: 5000}");
        ask.ask(
                "delete by id again",
                DELETE_TOPICS,
                6,
                "{topics: [{name: null, topicId: '${goingId}'}], timeoutMs: 5000}");
        for (int version : DELETE_TOPICS.allVersions()) {
            ask.ask(
                    "delete what is not there",
                    DELETE_TOPICS,
                    version,
                    "{topics: [{name: 'nobody'}, {name: ''}, {name: '..'}], topicNames: ['nobody', '', '..', 'nobody'], timeoutMs: 5000}");
        }
    }
}
