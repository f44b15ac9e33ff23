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
    public CompletableFuture<Long> append(TopicPartition id, MemoryRecords records) {
        try {
            Partition partition = led(id);
            AppendInfo info = partition.append(records, true, AppendOrigin.COORDINATOR);
            return whenCommitted(partition, info.leaderEpoch(), info.lastOffset());
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private CompletableFuture<Long> whenCommitted(Partition partition, int leaderEpoch, long lastOffset) {
        if (partition.acknowledgement(leaderEpoch, lastOffset + 1) == Errors.NONE) {
            return CompletableFuture.completedFuture(lastOffset);
        }
        CompletableFuture<Long> committed = new CompletableFuture<>();
        AtomicReference<@Nullable PartitionWatch> watch = new AtomicReference<>();
        PartitionWatcher look = moves -> {
            Errors outcome = partition.acknowledgement(leaderEpoch, lastOffset + 1);
            if (outcome == Errors.NOT_LEADER_OR_FOLLOWER) {
                committed.completeExceptionally(
                        new NotLeaderOrFollowerException(partition + " moved before the append was committed"));
            } else if (outcome != null) {
                committed.complete(lastOffset);
            }
        };
        watch.set(partition.watch(look, PartitionWatcher.COMMITTED | PartitionWatcher.CHANGED));
        look.onPartitionMoved(PartitionWatcher.ANYTHING);
        return committed.whenComplete((offset, error) -> {
            PartitionWatch ended = watch.get();
            if (ended != null) {
                ended.close();
            }
        });
    }

    @Override
    public void readAll(TopicPartition id, Consumer<RecordBatch> batches) {
        PartitionLog log = led(id).log();
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
                batch.ensureValid();
                batches.accept(batch);
                next = batch.nextOffset();
            }
            return next;
        } finally {
            read.records().release();
        }
    }

    private Partition led(TopicPartition id) {
        Partition partition = registry.find(id.topic(), id.partition());
        if (partition == null || !partition.isLeader()) {
            throw new NotLeaderOrFollowerException("This broker does not lead " + id);
        }
        return partition;
    }
}
