package io.milena.testkit.cluster;

import io.milena.testkit.cluster.MetadataObserver.PartitionKey;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.World;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is committed, from whoever showed it first, and what producers were told. One value per offset; each value once; what was
 * acknowledged is committed, for ever.
 */
final class Ledger {
    /** A record as it must be found on every replica. */
    record Entry(String value, int leaderEpoch) {}

    private final World world;
    private final Map<PartitionKey, List<@Nullable Entry>> committed = new HashMap<>();
    private final Map<String, Long> offsetOf = new HashMap<>();
    private final Map<PartitionKey, Long> acknowledgedEnd = new HashMap<>();
    private long acknowledged;

    Ledger(World world) {
        this.world = world;
    }

    long acknowledged() {
        return acknowledged;
    }

    /** After the last record that was acknowledged. */
    long acknowledgedEnd(PartitionKey partition) {
        return acknowledgedEnd.getOrDefault(partition, 0L);
    }

    /** After the last record that was seen committed. */
    long committedEnd(PartitionKey partition) {
        return entries(partition).size();
    }

    /** Epoch of the committed record at an offset, -1 if none was seen. */
    int epochAt(PartitionKey partition, long offset) {
        List<@Nullable Entry> entries = entries(partition);
        Entry entry = offset < entries.size() ? entries.get((int) offset) : null;
        return entry == null ? -1 : entry.leaderEpoch();
    }

    private List<@Nullable Entry> entries(PartitionKey partition) {
        return committed.computeIfAbsent(partition, key -> new ArrayList<>());
    }

    /** Somebody shows a record below a high watermark. */
    void committed(PartitionKey partition, long offset, Entry entry, String shownBy) {
        List<@Nullable Entry> entries = entries(partition);
        while (entries.size() <= offset) {
            entries.add(null);
        }
        Entry before = entries.get((int) offset);
        if (before == null) {
            entries.set((int) offset, entry);
            String name = partition.index() + "/" + entry.value();
            Long other = offsetOf.putIfAbsent(name, offset);
            Violation.unless(
                    other == null || other == offset,
                    "%s is committed twice in partition %d: at %d and at %d, by %s",
                    entry,
                    partition.index(),
                    other,
                    offset,
                    shownBy);
        } else {
            Violation.unless(
                    before.equals(entry),
                    "%s has %s at offset %d of partition %d, but %s was committed there",
                    shownBy,
                    entry,
                    offset,
                    partition.index(),
                    before);
        }
    }

    /** A producer is told that its records are safe. */
    void acknowledged(PartitionKey partition, long baseOffset, List<String> values) {
        List<@Nullable Entry> entries = entries(partition);
        for (int i = 0; i < values.size(); i++) {
            long offset = baseOffset + i;
            Entry entry = offset < entries.size() ? entries.get((int) offset) : null;
            Violation.unless(
                    entry != null && entry.value().equals(values.get(i)),
                    "'%s' was acknowledged at offset %d of partition %d, committed is %s",
                    values.get(i),
                    offset,
                    partition.index(),
                    entry);
        }
        acknowledgedEnd.merge(partition, baseOffset + values.size(), Math::max);
        acknowledged += values.size();
        world.note("acknowledged", partition.index(), baseOffset, values.size());
    }

    /** Where a value was committed; -1 if it was not. */
    long offsetOf(PartitionKey partition, String value) {
        return offsetOf.getOrDefault(partition.index() + "/" + value, -1L);
    }
}
