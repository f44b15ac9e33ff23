package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that are followed from one leader, by what is to be done about them. Belongs to one {@link SourceFetcher},
 * guarded by it.
 *
 * <pre>
 *   joined ──► moved ──► (asked) ──► moved, or paused ──► moved …      left
 * </pre>
 */
final class FollowedPartitions {
    private final Map<Partition, FollowedPartition> followed = new LinkedHashMap<>();
    /** To be asked about anew: just joined, or moved by the last answer. */
    private final Set<FollowedPartition> moved = new LinkedHashSet<>();

    private final Set<FollowedPartition> paused = new LinkedHashSet<>();
    private final List<FollowedPartition> left = new ArrayList<>();

    void join(FollowedPartition joined) {
        drop(followed.put(joined.partition, joined));
        moved.add(joined);
    }

    /** False if it was not followed. */
    boolean leave(Partition partition) {
        FollowedPartition gone = followed.remove(partition);
        drop(gone);
        return gone != null;
    }

    private void drop(@Nullable FollowedPartition gone) {
        if (gone != null) {
            moved.remove(gone);
            paused.remove(gone);
            left.add(gone);
        }
    }

    boolean isEmpty() {
        return followed.isEmpty();
    }

    boolean haveMoved() {
        return !moved.isEmpty();
    }

    /** Asks about it again, unless it has left or joined anew. */
    void move(FollowedPartition each) {
        if (followed.get(each.partition) == each) {
            moved.add(each);
        }
    }

    /** Leaves it alone until it is due, unless it has left or joined anew. */
    void keepPaused(FollowedPartition each) {
        if (followed.get(each.partition) == each) {
            paused.add(each);
        }
    }

    /** Counts those whose pause is over among the moved; returns how long until the next one's is, at most {@code waitMs}. */
    long resume(long nowMs, long waitMs) {
        long wait = waitMs;
        for (Iterator<FollowedPartition> each = paused.iterator(); each.hasNext(); ) {
            FollowedPartition next = each.next();
            if (next.isDue(nowMs)) {
                each.remove();
                moved.add(next);
            } else {
                wait = Math.min(wait, Math.max(1, next.notBeforeMs() - nowMs));
            }
        }
        return wait;
    }

    List<FollowedPartition> takeMoved() {
        List<FollowedPartition> taken = new ArrayList<>(moved);
        moved.clear();
        return taken;
    }

    List<FollowedPartition> takeLeft() {
        List<FollowedPartition> taken = new ArrayList<>(left);
        left.clear();
        return taken;
    }
}
