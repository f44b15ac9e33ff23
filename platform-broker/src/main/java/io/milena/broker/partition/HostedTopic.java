package io.milena.broker.partition;

import io.milena.log.LogConfig;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/**
 * A topic of which this broker hosts at least one partition. The partitions stand in an array by index, so that the hot path
 * finds one by topic name or id without making a key object. Changed by the metadata thread only, read by all.
 */
final class HostedTopic {
    final String name;
    final Uuid id;
    final TopicMeter meter;
    final TopicSettings.OfTopic settings;
    final boolean internal;

    private volatile @Nullable Partition[] partitions = new Partition[0];

    HostedTopic(String name, Uuid id, TopicMeter meter, TopicSettings.OfTopic settings) {
        this.name = name;
        this.id = id;
        this.meter = meter;
        this.settings = settings;
        this.internal = Topic.isInternal(name);
    }

    LogConfig logConfig() {
        return settings.logConfig();
    }

    @Nullable
    Partition partition(int index) {
        @Nullable Partition[] all = partitions;
        return index >= 0 && index < all.length ? all[index] : null;
    }

    /** Makes room for {@code count} partitions at once, so that adding them one by one does not copy each time. */
    void reserve(int count) {
        if (count > partitions.length) {
            partitions = Arrays.copyOf(partitions, count);
        }
    }

    void put(Partition partition) {
        reserve(partition.index() + 1);
        @Nullable Partition[] all = partitions;
        all[partition.index()] = partition;
        partitions = all;
    }

    void remove(int index) {
        @Nullable Partition[] all = partitions;
        if (index < all.length) {
            all[index] = null;
            partitions = all;
        }
    }

    void forEach(Consumer<Partition> visitor) {
        for (Partition partition : partitions) {
            if (partition != null) {
                visitor.accept(partition);
            }
        }
    }

    boolean isEmpty() {
        for (Partition partition : partitions) {
            if (partition != null) {
                return false;
            }
        }
        return true;
    }
}
