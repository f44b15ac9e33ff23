package io.milena.broker.partition;

import io.milena.coordinator.runtime.CoordinatorLog;
import io.milena.log.AppendInfo;
import io.milena.log.AppendOrigin;
import io.milena.log.LogRead;
import io.milena.log.PartitionLog;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** The partitions of this broker as coordinators use them: appends that complete when committed, and reading it all at load. */
public final class CoordinatorPartitions implements CoordinatorLog {
    private static final int LOAD_BYTES = 1024 * 1024;

    private final PartitionRegistry registry;

    /**
     * An append waits for the in-sync replicas as long as this broker leads the partition. The coordinator itself answers its
     * clients after {@code offsets.commit.timeout.ms}, and must know if the records are committed after that.
     */
    public CoordinatorPartitions(PartitionRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Appended append(TopicPartition id, int leaderEpoch, MemoryRecords records) {
        Partition partition = led(id, leaderEpoch);
        AppendInfo info = partition.append(records, leaderEpoch, true, AppendOrigin.COORDINATOR);
        return new Appended(info.lastOffset(), whenCommitted(partition, leaderEpoch, info.lastOffset()));
    }

    @Override
    public int maxBatchBytes(TopicPartition id) {
        Partition partition = registry.find(id.topic(), id.partition());
        try {
            return partition == null
                    ? Integer.MAX_VALUE
                    : partition.log().config().messages().maxBytes();
        } catch (KafkaStorageException offline) {
            return Integer.MAX_VALUE;
        }
    }

    @Override
    public CompletableFuture<Void> whenCommitted(TopicPartition id, int leaderEpoch, long offset) {
        return whenCommitted(led(id, leaderEpoch), leaderEpoch, offset);
    }

    private static CompletableFuture<Void> whenCommitted(Partition partition, int leaderEpoch, long lastOffset) {
        if (partition.acknowledgement(leaderEpoch, lastOffset + 1) == Errors.NONE) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> committed = new CompletableFuture<>();
        AtomicReference<@Nullable PartitionWatch> watch = new AtomicReference<>();
        PartitionWatcher watcher = moves -> {
            Errors outcome = partition.acknowledgement(leaderEpoch, lastOffset + 1);
            if (outcome == Errors.NOT_LEADER_OR_FOLLOWER) {
                committed.completeExceptionally(
                        new NotLeaderOrFollowerException(partition + " moved before the append was committed"));
            } else if (outcome != null) {
                committed.complete(null);
            }
        };
        watch.set(partition.watch(watcher, PartitionWatcher.COMMITTED | PartitionWatcher.CHANGED));
        watcher.onPartitionMoved(PartitionWatcher.ANYTHING);
        return committed.whenComplete((nothing, error) -> {
            PartitionWatch ended = watch.get();
            if (ended != null) {
                ended.close();
            }
        });
    }

    @Override
    public void readAll(TopicPartition id, int leaderEpoch, Consumer<RecordBatch> batches) {
        PartitionLog log = led(id, leaderEpoch).log();
        long end = log.logEndOffset();
        long position = log.logStartOffset();
        while (position < end) {
            long next = readSome(log, position, end, batches);
            if (next <= position) {
                return;
            }
            position = next;
        }
    }

    private static long readSome(PartitionLog log, long position, long end, Consumer<RecordBatch> batches) {
        LogRead read = log.read(position, LOAD_BYTES, end, true);
        try {
            long next = position;
            for (RecordBatch batch : read.records().readFully().batches()) {
                batches.accept(batch);
                next = batch.nextOffset();
            }
            return next;
        } finally {
            read.records().release();
        }
    }

    private Partition led(TopicPartition id, int leaderEpoch) {
        Partition partition = registry.find(id.topic(), id.partition());
        if (partition == null || !partition.isLeader()) {
            throw new NotLeaderOrFollowerException("This broker does not lead " + id);
        }
        if (partition.leaderEpoch() != leaderEpoch) {
            throw new FencedLeaderEpochException(
                    id + " is in leader epoch " + partition.leaderEpoch() + ", not " + leaderEpoch);
        }
        return partition;
    }
}
