package io.milena.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What holds of every cluster at any time: election safety, leader completeness, nothing committed changes (Raft, figure 3). */
final class RaftProperties {
    private final Map<Integer, Integer> leaderOfEpoch = new HashMap<>();
    private final Map<Long, SimLog.Entry> committed = new LinkedHashMap<>();

    /** A node leads an epoch, maybe not for the first time. */
    void leads(int node, int epoch, SimLog log) {
        Integer before = leaderOfEpoch.putIfAbsent(epoch, node);
        assertThat(before == null || before == node)
                .as("election safety: epoch " + epoch + " led by " + before + " and " + node)
                .isTrue();
        if (before == null) {
            committed.forEach((offset, entry) -> assertThat(has(log, offset, entry))
                    .as("leader completeness: leader " + node + " of epoch " + epoch + " lacks committed " + offset)
                    .isTrue());
        }
    }

    private static boolean has(SimLog log, long offset, SimLog.Entry entry) {
        return offset < log.start || (offset < log.endOffset() && log.at(offset).equals(entry));
    }

    /** A node commits the entries from {@code before} to before {@code highWatermark}. */
    void commits(int node, SimLog log, long before, long highWatermark) {
        assertThat(highWatermark).as("high watermark of " + node).isGreaterThan(before);
        assertThat(highWatermark).isLessThanOrEqualTo(log.endOffset());
        for (long offset = Math.max(log.start, before); offset < highWatermark; offset++) {
            SimLog.Entry entry = log.at(offset);
            SimLog.Entry known = committed.putIfAbsent(offset, entry);
            assertThat(known == null || known.equals(entry))
                    .as("committed offset " + offset + " differs on " + node + ": " + known + " and " + entry)
                    .isTrue();
        }
    }
}
