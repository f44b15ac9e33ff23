package io.milena.testkit.coordinator.node;

import io.milena.coordinator.runtime.CoordinatorLog;
import io.milena.testkit.coordinator.node.NodePlan.Odds;
import io.milena.testkit.sim.Dice;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * The partitions as a broker has them, which may believe that it leads one that others lead already: what it appends then is nowhere,
 * and is never committed.
 */
final class BrokerLog implements CoordinatorLog {
    private final BrokerProcess process;
    private final Odds odds;
    private final Dice dice;

    BrokerLog(BrokerProcess process, Odds odds) {
        this.process = process;
        this.odds = odds;
        this.dice = process.broker().cluster().world().dice().fork();
    }

    private Cluster cluster() {
        return process.broker().cluster();
    }

    @Override
    public Appended append(TopicPartition id, int leaderEpoch, MemoryRecords records) {
        process.mustHoldNoLocks("Something is appended");
        if (cluster().isTroubled() && dice.chance(odds.stallBeforeAppend())) {
            process.takeTime(dice.between(1_000, 400_000));
        }
        ReplicatedPartition partition = cluster().partition(id);
        Hosted hosted = led(id, leaderEpoch);
        if (partition.refuses()) {
            throw new NotEnoughReplicasException("too few in sync");
        }
        if (records.sizeInBytes() > partition.maxBatchBytes()) {
            throw new RecordTooLargeException("too large now");
        }
        boolean fails = cluster().isTroubled() && dice.chance(odds.unknownOutcome());
        if (fails && dice.nextBoolean()) {
            throw failure();
        }
        long last;
        if (partition.isLed(process.broker().id(), hosted.epoch())) {
            last = partition.append(records);
            count(records);
        } else {
            last = partition.end();
        }
        if (fails) {
            throw failure();
        }
        return new Appended(last, hosted.whenCommitted(last, partition));
    }

    private KafkaException failure() {
        return dice.pick(List.of(
                new KafkaStorageException("the disk says that something went wrong"),
                new NotEnoughReplicasAfterAppendException("too few in sync by now"),
                new KafkaException("nobody knows what happened")));
    }

    private void count(MemoryRecords records) {
        int count = 0;
        for (MutableRecordBatch batch : records.batches()) {
            Integer inBatch = batch.countOrNull();
            count += inBatch == null ? 0 : inBatch;
        }
        process.work().appended(count);
    }

    @Override
    public int maxBatchBytes(TopicPartition partition) {
        return cluster().partition(partition).maxBatchBytes();
    }

    @Override
    public CompletableFuture<Void> whenCommitted(TopicPartition id, int leaderEpoch, long offset) {
        process.mustHoldNoLocks("A commit is waited for");
        return led(id, leaderEpoch).whenCommitted(offset, cluster().partition(id));
    }

    @Override
    public void readAll(TopicPartition id, int leaderEpoch, Consumer<RecordBatch> batches) {
        process.mustHoldNoLocks("A partition is read");
        Hosted hosted = led(id, leaderEpoch);
        if (cluster().isTroubled() && dice.chance(odds.failedLoad())) {
            throw new KafkaStorageException("cannot be read now");
        }
        ReplicatedPartition partition = cluster().partition(id);
        partition.read(hosted.epoch(), batches);
        boolean slow = partition.loadsSlowly() || cluster().isTroubled() && dice.chance(odds.slowLoad());
        process.takeTime(slow ? dice.between(1_000_000, 6_000_000) : dice.between(500, 30_000));
    }

    private Hosted led(TopicPartition id, int leaderEpoch) {
        Hosted hosted = process.broker().hosted(id);
        if (!hosted.isLeader() || !process.life().isAlive()) {
            throw new NotLeaderOrFollowerException("This broker does not lead " + id);
        }
        if (leaderEpoch >= 0 && hosted.epoch() != leaderEpoch) {
            throw new FencedLeaderEpochException(id + " is in leader epoch " + hosted.epoch() + ", not " + leaderEpoch);
        }
        return hosted;
    }
}
