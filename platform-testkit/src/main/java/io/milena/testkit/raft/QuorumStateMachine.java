package io.milena.testkit.raft;

import io.milena.raft.RaftListener;
import io.milena.raft.SnapshotContents;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Violation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a host makes of the committed records in one life: a checksum over all of them, the chain. Holds everything it is given
 * against the {@link QuorumHistory} and against what a client was promised.
 */
final class QuorumStateMachine implements RaftListener {
    private final Host host;
    private final QuorumHistory history;
    private final IntSupplier epoch;
    private final Map<Long, String> promised = new TreeMap<>();
    private int promisedEpoch;
    private long nextOffset = -1;
    private long chain;
    private @Nullable CommittedBatch last;

    /** @param epoch that the host knows now */
    QuorumStateMachine(Host host, QuorumHistory history, IntSupplier epoch) {
        this.host = host;
        this.history = history;
        this.epoch = epoch;
    }

    /** Everything below was seen; -1 before anything was. */
    long nextOffset() {
        return nextOffset;
    }

    long chain() {
        return chain;
    }

    /** The newest batch; null if a snapshot is newer, or nothing came yet. */
    @Nullable
    CommittedBatch last() {
        return last;
    }

    /** A client was told that the leader of {@code leaderEpoch} would write {@code values} up to {@code lastOffset}. */
    void promise(int leaderEpoch, List<String> values, long lastOffset) {
        promisedEpoch = leaderEpoch;
        for (int i = 0; i < values.size(); i++) {
            promised.put(lastOffset - values.size() + 1 + i, values.get(i));
        }
    }

    @Override
    public void onCommit(CommittedBatch batch) {
        Violation.unless(
                nextOffset < 0 ? batch.baseOffset() == 0 : batch.baseOffset() == nextOffset,
                "host %d is given a batch at %d after everything below %d",
                host.id(),
                batch.baseOffset(),
                nextOffset);
        chain = history.commits(host.id(), epoch.getAsInt(), batch, chain);
        nextOffset = batch.lastOffset() + 1;
        last = batch;
        keepPromises(batch);
    }

    /** What a client was told it would be written at, it was, if the leader kept on leading. */
    private void keepPromises(CommittedBatch batch) {
        for (long offset = batch.baseOffset(); offset <= batch.lastOffset(); offset++) {
            String value = promised.remove(offset);
            if (value != null && batch.epoch() == promisedEpoch) {
                Violation.unless(
                        history.valueAt(offset).equals(value),
                        "host %d gave offset %d to '%s', but '%s' is committed there",
                        host.id(),
                        offset,
                        value,
                        history.valueAt(offset));
            }
        }
    }

    @Override
    public void onSnapshot(SnapshotContents snapshot) {
        long expected = history.chainBelow(snapshot.id().offset());
        String content = "";
        while (snapshot.batches().hasNext()) {
            content += String.join(
                    ",", QuorumHistory.values(snapshot.batches().next().records()));
        }
        Violation.unless(
                content.equals(Long.toString(expected)),
                "snapshot %s on host %d holds %s, replayed it is %d",
                snapshot.id(),
                host.id(),
                content,
                expected);
        host.world().note("snapshot loaded", host.id(), snapshot.id().offset());
        chain = expected;
        nextOffset = snapshot.id().offset();
        last = null;
    }

    @Override
    public void onLeaderChange(LeaderAndEpoch leader) {
        promised.clear();
    }
}
