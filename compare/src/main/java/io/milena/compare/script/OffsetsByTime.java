package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FOR_LEADER_EPOCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;

import io.milena.compare.Batches;
import io.milena.compare.Interview;
import org.apache.kafka.common.compress.Compression;

/** Offsets for times and epochs, of plain and compressed batches, before and after records were deleted. */
final class OffsetsByTime implements Script {
    @Override
    public void ask(Interview ask) {
        long baseMs = System.currentTimeMillis() - 100_000;
        ask.about("offsets");
        ask.topic("timed", 1, "[]");
        send(ask, Batches.plain(3, baseMs));
        send(ask, Batches.compressed(Compression.gzip().build(), 3, baseMs + 10_000));
        send(ask, Batches.compressed(Compression.zstd().build(), 3, baseMs + 5_000));
        send(ask, Batches.plain(1, -1));
        look(ask, baseMs, "");
        for (long offset : new long[] {2, 1, 5, 11, -1, -2, 5}) {
            ask.ask(
                    "delete before " + offset,
                    DELETE_RECORDS,
                    2,
                    "{topics: [{name: 'timed', partitions: [{partitionIndex: 0, offset: " + offset
                            + "}, {partitionIndex: 7, offset: 0}]}, {name: 'nobody', partitions: [{partitionIndex: 0, offset: 0}]}], timeoutMs: 5000}");
        }
        ask.ask(
                "delete from a compacted topic",
                DELETE_RECORDS,
                2,
                "{topics: [{name: 'compact', partitions: [{partitionIndex: 0, offset: 0}]}], timeoutMs: 5000}");
        ask.ask(
                "delete from an internal topic",
                DELETE_RECORDS,
                2,
                "{topics: [{name: '__consumer_offsets', partitions: [{partitionIndex: 0, offset: 0}]}], timeoutMs: 5000}");
        look(ask, baseMs, " after a deletion");
    }

    private static void send(Interview ask, byte[] batch) {
        ask.know("batch", Batches.field(batch));
        ask.ask(
                "records",
                PRODUCE,
                11,
                "{acks: -1, timeoutMs: 10000, topicData: [{name: 'timed', partitionData: [{index: 0, records: '${batch}'}]}]}");
    }

    private static void look(Interview ask, long baseMs, String when) {
        for (int version : LIST_OFFSETS.allVersions()) {
            for (long back : new long[] {
                -1,
                -2,
                -3,
                -4,
                -5,
                -6,
                -7,
                0,
                baseMs - 1,
                baseMs,
                baseMs + 1,
                baseMs + 5_000,
                baseMs + 10_000,
                baseMs + 10_001,
                Long.MAX_VALUE
            }) {
                ask.ask(
                        "time " + (back < 1_000 || back == Long.MAX_VALUE ? back : "base+" + (back - baseMs)) + when,
                        LIST_OFFSETS,
                        version,
                        "{replicaId: -1, timeoutMs: 1000, topics: [{name: 'timed', partitions: [{partitionIndex: 0, timestamp: "
                                + back + "}]}]}");
            }
            for (String who : new String[] {"-2", "-1", "1", "9"}) {
                ask.ask(
                        "replica " + who + when,
                        LIST_OFFSETS,
                        version,
                        "{replicaId: " + who
                                + ", topics: [{name: 'timed', partitions: [{partitionIndex: 0, timestamp: -1}]}]}");
            }
            ask.ask(
                    "a partition twice" + when,
                    LIST_OFFSETS,
                    version,
                    "{replicaId: -1, topics: [{name: 'timed', partitions: [{partitionIndex: 0, timestamp: -1}, {partitionIndex: 0, timestamp: -2}]}]}");
        }
        for (int version : OFFSET_FOR_LEADER_EPOCH.allVersions()) {
            for (int epoch : new int[] {-1, 0, 1, 9}) {
                for (int current : new int[] {-1, 0, 1}) {
                    ask.ask(
                            "epoch " + epoch + ", current " + current + when,
                            OFFSET_FOR_LEADER_EPOCH,
                            version,
                            "{replicaId: -1, topics: [{topic: 'timed', partitions: [{partition: 0, leaderEpoch: "
                                    + epoch + ", currentLeaderEpoch: " + current
                                    + "}, {partition: 9, leaderEpoch: 0}]}]}");
                }
            }
        }
    }
}
