package io.milena.orders.journey.story;

/** Where a record is. */
public record Place(String topic, int partition, long offset) {

    /** The partition it is in. */
    Lane lane() {
        return new Lane(topic, partition);
    }

    /** A partition. */
    public record Lane(String topic, int partition) {}

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
