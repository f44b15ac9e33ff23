package io.milena.broker.replication.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.broker.replication.core.PartitionRole.Leading;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Broker 1 leads three replicas; its log ends at 100, its leader epoch began at 80. */
class IsrRulesTest {
    private static final long NOW = 1_000_000;
    private static final long LAG = 30_000;

    @ParameterizedTest(name = "follower at {0}, high watermark {1}, active {2}, open proposal {3}: joins {4}")
    @CsvSource({
        "100, 100, true,  false, true",
        " 90,  90, true,  false, true",
        " 90,  91, true,  false, false", // behind the high watermark
        " 79,  70, true,  false, false", // before the leader epoch's start
        " 80,  70, true,  false, true",
        "100, 100, false, false, false", // fenced, shutting down or another registration
        "100, 100, true,  true,  false", // one proposal at a time
    })
    void joins(long end, long highWatermark, boolean active, boolean open, boolean joins) {
        Leading leading = leading(List.of(1, 2), open ? List.of(1) : null, 100, end);
        List<Integer> isr = IsrRules.withJoined(leading, 3, 80, view(highWatermark, active));
        assertThat(isr).isEqualTo(joins ? List.of(1, 2, 3) : null);
    }

    @Test
    void nobodyJoinsTwiceOrFromOutside() {
        Leading leading = leading(List.of(1, 2), null, 100, 100);
        assertThat(IsrRules.withJoined(leading, 2, 80, view(100, true))).isNull();
        assertThat(IsrRules.withJoined(leading, 4, 80, view(100, true))).isNull();
    }

    @ParameterizedTest(name = "follower at {0}, caught up {1} ms ago: leaves {2}")
    @CsvSource({"90, 30001, true", "90, 30000, false", "100, 99999, false"})
    void laggardsLeave(long end, long agoMs, boolean leaves) {
        Leading leading = leading(List.of(1, 2, 3), null, 100, end);
        leading.followers().put(3, progress(end, NOW - agoMs));
        List<Integer> isr = IsrRules.withoutLaggards(leading, view(100, true), NOW);
        assertThat(isr).isEqualTo(leaves ? List.of(1, 2) : null);
    }

    @Test
    void theHighWatermarkCountsWhoIsOrMayBecomeInSync() {
        assertThat(end(leading(List.of(1, 2, 3), null, 70, 60), false)).isEqualTo(60);
        assertThat(end(leading(List.of(1, 2), null, 70, 60), false)).isEqualTo(70);
        // An open proposal may have been accepted: the larger set counts, whether it grows or shrinks.
        assertThat(end(leading(List.of(1, 2), List.of(1, 2, 3), 70, 60), false)).isEqualTo(60);
        assertThat(end(leading(List.of(1, 2, 3), List.of(1, 2), 70, 60), false)).isEqualTo(60);
        // One that keeps up and may join is waited for.
        assertThat(end(leading(List.of(1, 2), null, 70, 60), true)).isEqualTo(60);
        // A replica in sync that has not fetched in this leader epoch holds everything.
        Leading fresh = leading(List.of(1, 2, 3), null, 70, 60);
        fresh.followers().put(3, new FollowerProgress(NOW));
        assertThat(end(fresh, false)).isEqualTo(-1);
    }

    private static long end(Leading leading, boolean active) {
        return leading.inSyncEnd(100, view(100, active), NOW);
    }

    private static Leading leading(List<Integer> isr, @Nullable List<Integer> proposed, long second, long third) {
        Map<Integer, FollowerProgress> followers =
                new HashMap<>(Map.of(2, progress(second, NOW), 3, progress(third, NOW)));
        return new Leading(5, 7, List.of(1, 2, 3), isr, proposed, followers);
    }

    private static FollowerProgress progress(long end, long caughtUpMs) {
        FollowerProgress progress = new FollowerProgress(caughtUpMs);
        progress.fetched(new FollowerFetch(2, 5, end, 0, 9), Long.MAX_VALUE, caughtUpMs);
        return progress;
    }

    private static ReplicaView view(long highWatermark, boolean active) {
        return new ReplicaView() {
            @Override
            public long logEndOffset() {
                return 100;
            }

            @Override
            public long highWatermark() {
                return highWatermark;
            }

            @Override
            public int minInSyncReplicas() {
                return 1;
            }

            @Override
            public long lagTimeMaxMs() {
                return LAG;
            }

            @Override
            public boolean mayJoin(int replicaId, long brokerEpoch) {
                return active && brokerEpoch == 9;
            }

            @Override
            public boolean isAlive(int replicaId) {
                return active;
            }
        };
    }
}
