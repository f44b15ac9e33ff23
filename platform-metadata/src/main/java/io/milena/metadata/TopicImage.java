package io.milena.metadata;

import java.util.Map;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A topic and its partitions, immutable. */
public final class TopicImage {
    private final String name;
    private final Uuid id;
    private final PartitionTable table;

    TopicImage(String name, Uuid id, PartitionTable table) {
        this.name = name;
        this.id = id;
        this.table = table;
    }

    public String name() {
        return name;
    }

    public Uuid id() {
        return id;
    }

    public int partitionCount() {
        return table.size();
    }

    /** Partition id to partition, an unmodifiable view in the order of ids. */
    public Map<Integer, PartitionRegistration> partitions() {
        return table.asMap();
    }

    public Optional<PartitionRegistration> partition(int partitionId) {
        return Optional.ofNullable(table.get(partitionId));
    }

    /** Like {@link #partition} for hot paths: null if there is no such partition. */
    public @Nullable PartitionRegistration partitionOrNull(int partitionId) {
        return table.get(partitionId);
    }

    /** Visits the partitions in the order of ids, without allocation. */
    public void forEachPartition(ObjIntConsumer<PartitionRegistration> action) {
        table.forEach(action);
    }

    PartitionTable table() {
        return table;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof TopicImage that
                        && name.equals(that.name)
                        && id.equals(that.id)
                        && partitions().equals(that.partitions()));
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + id.hashCode();
    }

    @Override
    public String toString() {
        return "TopicImage(" + name + ", " + id + ", " + partitions() + ")";
    }
}
