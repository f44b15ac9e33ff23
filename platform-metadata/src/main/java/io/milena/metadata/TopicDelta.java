package io.milena.metadata;

import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** What changed in one topic. Not thread-safe until the delta it belongs to has been applied; read-only from then on. */
public final class TopicDelta {
    private final TopicImage base;
    private final boolean replaced;
    private final Map<Integer, PartitionRegistration> partitionChanges = new HashMap<>();

    /**
     * @param base the topic before, without partitions if it is new
     * @param replaced whether the topic was announced anew, as in a snapshot: what is not mentioned again is gone
     */
    TopicDelta(TopicImage base, boolean replaced) {
        this.base = base;
        this.replaced = replaced;
    }

    public String name() {
        return base.name();
    }

    public Uuid id() {
        return base.id();
    }

    /** The topic before; without partitions if it is new. */
    public TopicImage base() {
        return base;
    }

    /** Partition id to its state after the delta, for new and changed partitions; unmodifiable. */
    public Map<Integer, PartitionRegistration> partitionChanges() {
        return Collections.unmodifiableMap(partitionChanges);
    }

    /** Whether the partition did not exist before. */
    public boolean isNew(int partitionId) {
        return base.partitionOrNull(partitionId) == null;
    }

    void replay(PartitionRecord record) {
        partitionChanges.put(record.partitionId(), PartitionRegistration.of(record));
    }

    void replay(PartitionChangeRecord record) {
        PartitionRegistration before = current(record.partitionId());
        if (before == null) {
            throw new IllegalStateException("A PartitionChange record names partition " + base.name() + "-"
                    + record.partitionId() + " (topic " + base.id() + "), which does not exist");
        }
        partitionChanges.put(record.partitionId(), before.merge(record));
    }

    void clearElr() {
        partitionChanges.replaceAll((id, partition) -> partition.withoutElr());
        if (replaced) {
            return;
        }
        base.forEachPartition((partition, id) -> {
            PartitionRegistration cleared = partition.withoutElr();
            if (!cleared.equals(partition) && !partitionChanges.containsKey(id)) {
                partitionChanges.put(id, cleared);
            }
        });
    }

    TopicImage apply() {
        PartitionTable start = replaced ? PartitionTable.EMPTY : base.table();
        return new TopicImage(base.name(), base.id(), start.with(partitionChanges));
    }

    private @Nullable PartitionRegistration current(int partitionId) {
        PartitionRegistration changed = partitionChanges.get(partitionId);
        return changed != null || replaced ? changed : base.partitionOrNull(partitionId);
    }
}
