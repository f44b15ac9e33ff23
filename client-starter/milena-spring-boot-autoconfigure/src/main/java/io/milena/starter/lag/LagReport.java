package io.milena.starter.lag;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The lag of all groups.
 *
 * @param measuredAt when the broker was asked
 * @param totalLag records all groups have still to handle, null while that of some partition is unknown
 * @param unknownSince when the whole of it was last known, null if it is
 * @param problem why it is not
 */
public record LagReport(
        Instant measuredAt,
        @Nullable Long totalLag,
        @Nullable Instant unknownSince,
        @Nullable String problem,
        List<PartitionLag> partitions) {

    /** @param lastKnown when the last report without unknowns was made */
    static LagReport of(Instant measuredAt, List<PartitionLag> partitions, Instant lastKnown) {
        List<Long> lags = partitions.stream()
                .map(PartitionLag::lag)
                .filter(Objects::nonNull)
                .toList();
        boolean known = lags.size() == partitions.size();
        return new LagReport(
                measuredAt,
                known ? lags.stream().mapToLong(Long::longValue).sum() : null,
                known ? null : lastKnown,
                partitions.stream()
                        .map(PartitionLag::problem)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                partitions);
    }
}
