package io.milena.broker.partition;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listeners of a registry about partitions that changed their role. A listener that throws keeps no other from being
 * told, and the change is remembered until everybody has taken it ({@link #retell}). Guarded by the registry's monitor, but for
 * adding listeners.
 */
final class RoleAnnouncer {
    private static final Logger LOG = LoggerFactory.getLogger(RoleAnnouncer.class);
    private static final int NOT_LED = -1;

    private final List<LeadershipListener> leadershipListeners = new CopyOnWriteArrayList<>();
    private final List<RoleListener> roleListeners = new CopyOnWriteArrayList<>();
    /** Changes that a listener has not taken yet, each with the epoch in which this broker led before, -1 if it did not. */
    private final Map<Partition, Integer> untold = new LinkedHashMap<>();

    private @Nullable Throwable lastFailure;

    void add(LeadershipListener listener) {
        leadershipListeners.add(listener);
    }

    void add(RoleListener listener) {
        roleListeners.add(listener);
    }

    /** The partition, which this broker did not lead, has another role. */
    void changed(Partition partition) {
        tell(partition, NOT_LED);
    }

    /** The partition's log went offline or came back; its role is what it was. */
    void logChanged(Partition partition) {
        if (!tellRole(partition)) {
            untold.putIfAbsent(partition, NOT_LED);
        }
    }

    /** The partition, which this broker led in {@code ledEpoch} until now, has another role. */
    void changedFromLeader(Partition partition, int ledEpoch) {
        tell(partition, ledEpoch);
    }

    /**
     * Tells once more what could not be told.
     *
     * @throws IllegalStateException if a listener still does not take it
     */
    void retell() {
        Map.copyOf(untold).forEach(this::tell);
        if (!untold.isEmpty()) {
            throw new IllegalStateException(
                    untold.size() + " partitions have another role, which a part of this broker cannot take, first "
                            + untold.keySet().iterator().next(),
                    lastFailure);
        }
    }

    private void tell(Partition partition, int ledEpoch) {
        int resigned = ledEpoch != NOT_LED ? ledEpoch : untold.getOrDefault(partition, NOT_LED);
        untold.put(partition, resigned);
        boolean all = true;
        for (LeadershipListener listener : leadershipListeners) {
            all &= attempt(partition, () -> tell(listener, partition, resigned));
        }
        all &= tellRole(partition);
        if (all) {
            untold.remove(partition);
        }
    }

    private boolean tellRole(Partition partition) {
        boolean all = true;
        for (RoleListener listener : roleListeners) {
            all &= attempt(partition, () -> listener.onRole(partition));
        }
        return all;
    }

    private static void tell(LeadershipListener listener, Partition partition, int resigned) {
        if (resigned != NOT_LED) {
            listener.onResigned(partition, resigned);
        }
        if (partition.isLeader()) {
            listener.onElected(partition, partition.leaderEpoch());
        }
    }

    private boolean attempt(Partition partition, Runnable telling) {
        try {
            telling.run();
            return true;
        } catch (RuntimeException e) {
            LOG.debug("The new role of {} cannot be taken by all", partition, e);
            lastFailure = e;
            return false;
        }
    }
}
