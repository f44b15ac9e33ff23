package io.milena.testkit.coordinator.group;

import io.milena.testkit.sim.Host;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A member of a group: consumes what it is assigned, from where the group is, and commits how far it has come. */
abstract class GroupMember extends GroupClient {
    final @Nullable String instanceId;
    private final Map<Integer, Long> positions = new HashMap<>();
    private final Set<Integer> owned = new TreeSet<>();
    private boolean asking;
    private int rebalances;
    /** Counts up when the process begins, so that what the former one had planned is not done. */
    private int life;

    GroupMember(Workload workload, Host host, String group, @Nullable String instanceId) {
        super(workload, host, group);
        this.instanceId = instanceId;
    }

    /** Whether it has its part of the group's present assignment, and nothing to give up. */
    abstract boolean isSettled();

    /** The generation or epoch that it is in. */
    abstract int epoch();

    abstract String memberId();

    /** May it commit now? */
    abstract boolean mayCommit();

    /** What a commit or a read was refused with, and it concerns the membership. */
    abstract void refused(Errors error);

    abstract void enter();

    abstract void leave();

    @Override
    protected void begin() {
        owned.clear();
        positions.clear();
        asking = false;
        life++;
        enter();
        int now = life;
        consumeLater(now);
    }

    void inThisLife(long delayMs, Runnable what) {
        int now = life;
        after(delayMs, () -> {
            if (life == now) {
                what.run();
            }
        });
    }

    Set<Integer> owned() {
        return host().isUp() ? owned : Set.of();
    }

    boolean holds(int partition) {
        return owned().contains(partition);
    }

    void own(Set<Integer> partitions) {
        owned.retainAll(partitions);
        owned.addAll(partitions);
        positions.keySet().retainAll(owned);
    }

    /** Nothing is known of how far the group is: others may have been there. */
    void forgetPositions() {
        positions.clear();
    }

    void rebalanced() {
        rebalances++;
    }

    int rebalances() {
        return rebalances;
    }

    private void consumeLater(int now) {
        after(dice.between(100, 500), () -> {
            if (life == now) {
                if (!asking && mayCommit() && !owned.isEmpty()) {
                    consume();
                }
                consumeLater(now);
            }
        });
    }

    private void consume() {
        Set<Integer> missing = new TreeSet<>(owned);
        missing.removeAll(positions.keySet());
        asking = true;
        if (!missing.isEmpty()) {
            readOffsets(readsAs(), readEpoch(), missing, read -> {
                asking = false;
                if (read.error() == Errors.NONE) {
                    missing.retainAll(owned);
                    missing.forEach(each -> positions.put(each, read.offsets().getOrDefault(each, 0L)));
                } else if (read.error() != null && !isPassing(read.error())) {
                    refused(read.error());
                }
            });
            return;
        }
        int partition = dice.pick(owned.stream().toList());
        long position = positions.getOrDefault(partition, 0L) + dice.between(1, 10);
        commit(memberId(), instanceId, epoch(), partition, position, error -> {
            asking = false;
            if (error == Errors.NONE) {
                positions.computeIfPresent(partition, (same, old) -> position);
            } else if (error != null && !isPassing(error)) {
                refused(error);
            }
        });
    }

    @Nullable
    String readsAs() {
        return null;
    }

    int readEpoch() {
        return -1;
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + host().id() + " " + group() + " epoch " + epoch() + " owns " + owned()
                + (host().isUp() ? isSettled() ? "" : " unsettled" : " down");
    }
}
