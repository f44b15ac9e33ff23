package io.milena.testkit.coordinator.node;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.World;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * A partition of an internal topic as it truly is, whatever its brokers believe: who leads it in which epoch, its batches, and how far they
 * are committed. An election keeps what is committed and any part of the rest.
 */
public final class ReplicatedPartition {
    /** @param bytes as they were appended, with their offsets */
    private record Batch(long baseOffset, long lastOffset, int epoch, byte[] bytes) {
        MutableRecordBatch read() {
            return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes))
                    .batches()
                    .iterator()
                    .next();
        }
    }

    private final Cluster cluster;
    private final TopicPartition id;
    private final Dice dice;
    private final List<Batch> batches = new ArrayList<>();
    private final List<Consumer<RecordBatch>> onCommit = new ArrayList<>();
    private int leader = -1;
    private int epoch;
    private long leaderSinceUs;
    private long committedEnd;
    /** The leader's high watermark: a new one knows that of the old one a little late. */
    private long knownEnd;

    private long commitsStallUntilUs;
    private long refusesUntilUs;
    private long slowLoadsUntilUs;
    private int maxBatchBytes = Integer.MAX_VALUE;

    ReplicatedPartition(Cluster cluster, TopicPartition id) {
        this.cluster = cluster;
        this.id = id;
        this.dice = cluster.world().dice().fork();
    }

    public TopicPartition id() {
        return id;
    }

    /** Who leads it; −1 while nobody does. */
    public int leader() {
        return leader;
    }

    public int epoch() {
        return epoch;
    }

    /** Whether this broker leads it, and did all the time since then. */
    public boolean ledBySince(int broker, long sinceUs) {
        return leader == broker && leaderSinceUs <= sinceUs;
    }

    public boolean isAllCommitted() {
        return knownEnd == end();
    }

    /** Sees each batch when it is committed, in order. */
    public void onCommit(Consumer<RecordBatch> listener) {
        onCommit.add(listener);
    }

    long end() {
        return batches.isEmpty() ? 0 : batches.get(batches.size() - 1).lastOffset + 1;
    }

    long knownEnd() {
        return knownEnd;
    }

    private World world() {
        return cluster.world();
    }

    // ---- leaders

    /** @param newLeader −1 for nobody */
    void elect(int newLeader) {
        epoch++;
        leader = newLeader;
        leaderSinceUs = world().nowUs();
        int firstOpen = 0;
        while (firstOpen < batches.size() && batches.get(firstOpen).lastOffset < committedEnd) {
            firstOpen++;
        }
        int kept = dice.chance(0.6) ? batches.size() : (int) dice.between(firstOpen, batches.size());
        batches.subList(kept, batches.size()).clear();
        int known = dice.chance(0.5) ? firstOpen : (int) dice.between(0, firstOpen);
        knownEnd = known == 0 ? 0 : batches.get(known - 1).lastOffset + 1;
        world().note("elected", id.partition(), leader, epoch, committedEnd, end());
        if (leader >= 0) {
            commitLater(end());
        }
    }

    // ---- the log

    /** Appends as the leader of the present epoch; returns the last offset. */
    long append(MemoryRecords records) {
        long offset = end();
        long last = offset;
        for (MutableRecordBatch batch : records.batches()) {
            int count = (int) (batch.lastOffset() - batch.baseOffset()) + 1;
            last = offset + count - 1;
            ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
            batch.writeTo(bytes);
            MutableRecordBatch copy = MemoryRecords.readableRecords(bytes.flip())
                    .batches()
                    .iterator()
                    .next();
            copy.setLastOffset(last);
            copy.setPartitionLeaderEpoch(epoch);
            batches.add(new Batch(offset, last, epoch, bytes.array()));
            offset = last + 1;
        }
        commitLater(last + 1);
        return last;
    }

    private void commitLater(long upTo) {
        int appendedIn = epoch;
        long delayUs = cluster.isTroubled() && dice.chance(cluster.plan().odds().slowCommit())
                ? dice.between(50_000, 2_000_000)
                : dice.between(500, 8_000);
        world().after(delayUs, () -> commit(appendedIn, upTo));
    }

    private void commit(int appendedIn, long upTo) {
        if (appendedIn != epoch || leader < 0 || knownEnd >= upTo) {
            return;
        }
        if (commitsStallUntilUs > world().nowUs()) {
            world().at(commitsStallUntilUs, () -> commit(appendedIn, upTo));
            return;
        }
        knownEnd = upTo;
        for (Batch batch : batches) {
            if (batch.baseOffset >= committedEnd && batch.lastOffset < upTo) {
                committedEnd = batch.lastOffset + 1;
                MutableRecordBatch committed = batch.read();
                onCommit.forEach(listener -> listener.accept(committed));
            }
        }
        cluster.broker(leader).committed(this);
    }

    /** Hands over what was appended up to this epoch. */
    void read(int upToEpoch, Consumer<RecordBatch> reader) {
        for (Batch batch : List.copyOf(batches)) {
            if (batch.epoch <= upToEpoch) {
                reader.accept(batch.read());
            }
        }
    }

    /** Hands over everything that is there now. */
    public void read(Consumer<RecordBatch> reader) {
        read(Integer.MAX_VALUE, reader);
    }

    // ---- trouble

    /** Followers do not fetch: nothing is committed for so long, and later nothing is taken either. */
    void stall(long durationUs, long refusedUs) {
        commitsStallUntilUs = world().nowUs() + durationUs;
        refusesUntilUs = world().nowUs() + refusedUs;
        world().note("commits stall", id.partition(), durationUs, refusedUs);
    }

    boolean refuses() {
        return refusesUntilUs > world().nowUs();
    }

    void slowLoads(long durationUs) {
        slowLoadsUntilUs = world().nowUs() + durationUs;
    }

    boolean loadsSlowly() {
        return slowLoadsUntilUs > world().nowUs();
    }

    int maxBatchBytes() {
        return maxBatchBytes;
    }

    void maxBatchBytes(int bytes) {
        maxBatchBytes = bytes;
    }

    void heal() {
        commitsStallUntilUs = 0;
        refusesUntilUs = 0;
        slowLoadsUntilUs = 0;
        maxBatchBytes = Integer.MAX_VALUE;
    }

    @Override
    public String toString() {
        return id + " led by " + leader + " in epoch " + epoch + ", committed " + committedEnd + " of " + end();
    }

    /** Where it is asked whether a broker is right about what it believes. */
    boolean isLed(int broker, int inEpoch) {
        return leader == broker && epoch == inEpoch;
    }

    @Nullable
    Broker leaderBroker() {
        return leader < 0 ? null : cluster.broker(leader);
    }
}
