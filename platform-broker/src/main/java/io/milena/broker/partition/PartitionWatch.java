package io.milena.broker.partition;

/** A watcher's registration with one partition. Any thread may end it, any number of times. */
public interface PartitionWatch extends AutoCloseable {
    @Override
    void close();
}
