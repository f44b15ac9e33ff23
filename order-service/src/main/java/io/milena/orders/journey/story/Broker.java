package io.milena.orders.journey.story;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker says about who has read how far.
 *
 * @param cluster null if it does not answer
 * @param trouble why something is not known, null if all is
 * @param ends the offset the next record of a partition will get
 * @param groups the groups it could tell of
 */
public record Broker(
        Instant askedAt,
        @Nullable String cluster,
        @Nullable String trouble,
        Map<Place.Lane, Long> ends,
        Map<String, Group> groups) {

    public Broker {
        ends = Map.copyOf(ends);
        groups = Map.copyOf(groups);
    }

    /** A broker that does not answer. */
    public static Broker silent(Instant askedAt, String trouble) {
        return new Broker(askedAt, null, trouble, Map.of(), Map.of());
    }

    /**
     * A consumer group.
     *
     * @param members how many consumers it has, -1 if that is not known
     * @param committed the next offset it will handle; a partition it has committed nothing for is left out
     */
    public record Group(int members, Map<Place.Lane, Long> committed) {
        public Group {
            committed = Map.copyOf(committed);
        }
    }

    /** The next offset a group will handle, 0 if it has handled nothing, null if that is not known. */
    @Nullable
    Long committed(String group, Place.Lane lane) {
        Group known = groups.get(group);
        return known == null ? null : known.committed().getOrDefault(lane, 0L);
    }

    /** How many records a group has still to handle in a partition, null if that is not known. */
    @Nullable
    Long lag(String group, Place.Lane lane) {
        Long committed = committed(group, lane);
        Long end = ends.get(lane);
        return committed == null || end == null ? null : Math.max(0, end - committed);
    }

    /** Whether anybody works in a group, null if that is not known. */
    @Nullable
    Boolean isRunning(String group) {
        Group known = groups.get(group);
        return known == null || known.members() < 0 ? null : known.members() > 0;
    }
}
