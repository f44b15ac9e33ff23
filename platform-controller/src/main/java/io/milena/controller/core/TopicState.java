package io.milena.controller.core;

import java.util.Arrays;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A topic and its partitions, numbered from 0 without gaps. Written by replay only. */
public final class TopicState {
    private final String name;
    private final Uuid id;
    private @Nullable PartitionState[] partitions = new PartitionState[1];
    private int count;

    TopicState(String name, Uuid id) {
        this.name = name;
        this.id = id;
    }

    public String name() {
        return name;
    }

    public Uuid id() {
        return id;
    }

    public int partitionCount() {
        return count;
    }

    /** The partition, or null if there is none of this number. */
    public @Nullable PartitionState partition(int number) {
        return number >= 0 && number < partitions.length ? partitions[number] : null;
    }

    /** The partition, which the caller knows to exist. */
    PartitionState existing(int number) {
        PartitionState partition = partition(number);
        if (partition == null) {
            throw new IllegalStateException("Topic " + name + " has no partition " + number);
        }
        return partition;
    }

    void put(int number, PartitionState partition) {
        if (number >= partitions.length) {
            partitions = Arrays.copyOf(partitions, Math.max(number + 1, partitions.length * 2));
        }
        if (partitions[number] == null) {
            count++;
        }
        partitions[number] = partition;
    }
}
