package io.milena.testkit.cluster;

import io.milena.testkit.cluster.MetadataObserver.PartitionKey;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.FetchMetadata;
import org.jspecify.annotations.Nullable;

/** Reads each partition from its leader, as consumers do, and remembers what it read: nothing it has seen may change. */
final class ReaderClient extends ClientNode {
    private final List<Position> positions = new ArrayList<>();

    ReaderClient(Host host, Cluster cluster, int partitions) {
        super(host, cluster);
        for (int index = 0; index < partitions; index++) {
            positions.add(new Position(index));
        }
    }

    @Override
    void begin() {
        positions.forEach(Position::fetch);
    }

    /** Whether everything acknowledged has been read. */
    boolean hasReadAll() {
        return positions.stream()
                .allMatch(each ->
                        each.key != null && each.next >= cluster().ledger().acknowledgedEnd(each.key));
    }

    @Override
    public String toString() {
        return "reader at " + positions;
    }

    private final class Position {
        private final int index;
        private @Nullable PartitionKey key;
        private long next;
        private int lastEpoch = -1;
        private int knownEpoch = -1;
        private long highWatermark = -1;
        private int highWatermarkEpoch = -1;

        Position(int index) {
            this.index = index;
        }

        void fetch() {
            Seen partition = find(index);
            if (partition == null
                    || !partition.registration().hasLeader()
                    || partition.registration().leaderEpoch() < knownEpoch) {
                after(50, this::fetch);
                return;
            }
            key = partition.key();
            knownEpoch = partition.registration().leaderEpoch();
            int epoch = knownEpoch;
            FetchRequestData request = new FetchRequestData()
                    .setMaxWaitMs(300)
                    .setMinBytes(1)
                    .setMaxBytes(1_000_000)
                    .setSessionId(FetchMetadata.INVALID_SESSION_ID)
                    .setSessionEpoch(FetchMetadata.FINAL_EPOCH);
            request.topics()
                    .add(new FetchRequestData.FetchTopic()
                            .setTopic(TOPIC)
                            .setTopicId(partition.key().topicId())
                            .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                    .setPartition(index)
                                    .setCurrentLeaderEpoch(epoch)
                                    .setFetchOffset(next)
                                    .setLastFetchedEpoch(lastEpoch)
                                    .setPartitionMaxBytes(500))));
            ask(
                    cluster().map().broker(partition.registration().leader()),
                    request,
                    2_000,
                    (answer, failure) -> answered(partition, epoch, answer));
        }

        private void answered(Seen partition, int epoch, @Nullable ApiMessage answer) {
            if (answer instanceof FetchResponseData response && response.errorCode() == 0) {
                PartitionData data = response.responses().get(0).partitions().get(0);
                Errors error = Errors.forCode(data.errorCode());
                Violation.unless(
                        error != Errors.OFFSET_OUT_OF_RANGE,
                        "the reader at %d of partition %d is out of range of the leader of epoch %d",
                        next,
                        index,
                        epoch);
                Violation.unless(
                        data.divergingEpoch().endOffset() < 0,
                        "the reader at %d of partition %d, epoch %d, has read what the leader of epoch %d does not have: %s",
                        next,
                        index,
                        lastEpoch,
                        epoch,
                        data.divergingEpoch());
                if (error == Errors.NONE) {
                    take(partition.key(), epoch, data);
                    after(dice.between(1, 20), this::fetch);
                    return;
                }
            }
            after(dice.between(20, 100), this::fetch);
        }

        private void take(PartitionKey partition, int epoch, PartitionData data) {
            Violation.unless(
                    epoch != highWatermarkEpoch || data.highWatermark() >= highWatermark,
                    "readers of partition %d see the high watermark fall from %d to %d in epoch %d",
                    index,
                    highWatermark,
                    data.highWatermark(),
                    epoch);
            highWatermarkEpoch = epoch;
            highWatermark = data.highWatermark();
            if (!(data.records() instanceof MemoryRecords records)) {
                return;
            }
            for (RecordBatch batch : records.batches()) {
                for (Record record : batch) {
                    if (record.offset() < next) {
                        continue;
                    }
                    Violation.unless(
                            record.offset() == next,
                            "partition %d: %d is read after everything before %d",
                            index,
                            record.offset(),
                            next);
                    String value = StandardCharsets.UTF_8.decode(record.value()).toString();
                    cluster()
                            .ledger()
                            .committed(
                                    partition,
                                    record.offset(),
                                    new Ledger.Entry(value, batch.partitionLeaderEpoch()),
                                    "a reader");
                    next = record.offset() + 1;
                    lastEpoch = batch.partitionLeaderEpoch();
                }
            }
        }

        @Override
        public String toString() {
            return index + ":" + next;
        }
    }
}
