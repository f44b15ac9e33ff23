package io.milena.testkit.raft;

import io.milena.raft.core.LeaderAndEpoch;
import io.milena.raft.core.ReplicaKey;
import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What has been seen of a quorum, and Raft's properties over it (Raft, figure 3): one vote per epoch, election safety, leader completeness, state
 * machine safety; besides, nobody leads an epoch again after a restart, and epochs and high watermarks never fall.
 */
final class QuorumHistory {
    private record Leader(int host, int life) {}

    /** @param chain hash of all records up to the batch's end */
    private record Committed(long lastOffset, int epoch, List<String> values, long chain) {}

    private final World world;
    private final Map<Integer, Leader> leaders = new HashMap<>();
    private final Map<Integer, Integer> epochs = new HashMap<>();
    private final Map<List<Object>, ReplicaKey> votes = new HashMap<>();
    private final TreeMap<Long, Committed> committed = new TreeMap<>();
    /** By the epoch in which it was seen committed: how far. */
    private final TreeMap<Integer, Long> committedIn = new TreeMap<>();

    QuorumHistory(World world) {
        this.world = world;
    }

    /** First offset that nobody has seen committed. */
    long committedEnd() {
        return committed.isEmpty() ? 0 : committed.lastEntry().getValue().lastOffset() + 1;
    }

    int highestEpoch() {
        return leaders.keySet().stream().max(Integer::compare).orElse(0);
    }

    /** A host sees this leader and epoch, which it has on its disk by now. */
    void sees(int host, int life, LeaderAndEpoch now, boolean leads, long logEndOffset) {
        int before = epochs.getOrDefault(host, 0);
        Violation.unless(now.epoch() >= before, "the epoch of host %d falls from %d to %d", host, before, now.epoch());
        epochs.put(host, now.epoch());
        if (leads) {
            leads(host, life, now.epoch(), logEndOffset);
        } else if (now.leaderId().isPresent()) {
            Leader known = leaders.get(now.epoch());
            int seen = now.leaderId().getAsInt();
            Violation.unless(
                    known == null || known.host() == seen,
                    "host %d believes that %d leads epoch %d, but %s does",
                    host,
                    seen,
                    now.epoch(),
                    known);
        }
    }

    private void leads(int host, int life, int epoch, long logEndOffset) {
        Leader known = leaders.get(epoch);
        if (known == null) {
            world.note("leads", host, epoch);
            leaders.put(epoch, new Leader(host, life));
            // One that was paused may learn late that it had won, and need not have what a later leader has committed
            // since.
            long due = committedIn.headMap(epoch).values().stream()
                    .max(Long::compare)
                    .orElse(0L);
            Violation.unless(
                    logEndOffset >= due,
                    "leader completeness: host %d leads epoch %d with a log to %d, earlier epochs committed everything below %d",
                    host,
                    epoch,
                    logEndOffset,
                    due);
            return;
        }
        Violation.unless(
                known.host() == host, "election safety: epoch %d is led by %s and by host %d", epoch, known, host);
        Violation.unless(known.life() == life, "host %d leads epoch %d again after a restart", host, epoch);
    }

    /** A voter, with that disk, has told a candidate that it has its vote. */
    void grants(ReplicaKey voter, int epoch, ReplicaKey candidate) {
        ReplicaKey before = votes.putIfAbsent(List.of(voter, epoch), candidate);
        Violation.unless(
                before == null || before.equals(candidate),
                "voter %s voted for %s in epoch %d, and now for %s",
                voter,
                before,
                epoch,
                candidate);
    }

    /** The disk of a host is a new one: it remembers nothing. */
    void wiped(int host) {
        epochs.remove(host);
    }

    /** A host takes a batch for committed, in an epoch. Returns the hash of everything up to its end. */
    long commits(int host, int epoch, CommittedBatch batch, long chainBefore) {
        List<String> values = values(batch.records());
        long chain = chain(chainBefore, batch.baseOffset(), batch.epoch(), values);
        Committed known = committed.get(batch.baseOffset());
        if (known == null) {
            Violation.unless(
                    batch.baseOffset() >= committedEnd(),
                    "host %d commits a batch at %d, in the middle of another's",
                    host,
                    batch.baseOffset());
            committedIn.merge(epoch, batch.lastOffset() + 1, Math::max);
            world.note("committed", host, batch.baseOffset(), batch.lastOffset(), batch.epoch());
            committed.put(batch.baseOffset(), new Committed(batch.lastOffset(), batch.epoch(), values, chain));
            return chain;
        }
        Committed here = new Committed(batch.lastOffset(), batch.epoch(), values, chain);
        Violation.unless(
                known.equals(here),
                "state machine safety: at %d host %d commits %s, others have committed %s",
                batch.baseOffset(),
                host,
                here,
                known);
        return chain;
    }

    /** The value committed at an offset, if it was one of a client's. */
    String valueAt(long offset) {
        Map.Entry<Long, Committed> batch = committed.floorEntry(offset);
        int index = batch == null ? -1 : (int) (offset - batch.getKey());
        return batch == null || index >= batch.getValue().values().size()
                ? ""
                : batch.getValue().values().get(index);
    }

    /** The hash of everything below an offset that ends a batch. */
    long chainBelow(long endOffset) {
        Map.Entry<Long, Committed> last = committed.lowerEntry(endOffset);
        if (last == null) {
            return 0;
        }
        Violation.unless(
                last.getValue().lastOffset() + 1 == endOffset, "a snapshot ends at %d, within a batch", endOffset);
        return last.getValue().chain();
    }

    static List<String> values(List<VersionedRecord> records) {
        List<String> values = new ArrayList<>(records.size());
        for (VersionedRecord record : records) {
            values.add(record.message() instanceof ConfigRecord config ? String.valueOf(config.value()) : "?");
        }
        return values;
    }

    private static long chain(long before, long offset, int epoch, List<String> values) {
        return ((before * 31 + offset) * 31 + epoch) * 31 + values.hashCode();
    }
}
