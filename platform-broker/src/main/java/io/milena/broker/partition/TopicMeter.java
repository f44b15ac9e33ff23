package io.milena.broker.partition;

import java.util.concurrent.atomic.LongAdder;

/** The counters of one topic, since start. Any thread. */
public final class TopicMeter {
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder messagesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder produces = new LongAdder();
    private final LongAdder fetches = new LongAdder();
    private final LongAdder failedProduces = new LongAdder();
    private final LongAdder failedFetches = new LongAdder();

    /** Counts one appended set of records of {@code bytes} bytes. */
    public void produced(long bytes, long messages) {
        produces.increment();
        bytesIn.add(bytes);
        messagesIn.add(messages);
    }

    /** Counts one read that went out with {@code bytes} bytes. */
    public void fetched(long bytes) {
        fetches.increment();
        bytesOut.add(bytes);
    }

    /** Counts a produce to a partition of the topic that was answered with an error. */
    public void produceFailed() {
        produces.increment();
        failedProduces.increment();
    }

    /** Counts a fetch from a partition of the topic that was answered with an error. */
    public void fetchFailed() {
        fetches.increment();
        failedFetches.increment();
    }

    public long bytesIn() {
        return bytesIn.sum();
    }

    public long messagesIn() {
        return messagesIn.sum();
    }

    public long bytesOut() {
        return bytesOut.sum();
    }

    public long produces() {
        return produces.sum();
    }

    public long fetches() {
        return fetches.sum();
    }

    public long failedProduces() {
        return failedProduces.sum();
    }

    public long failedFetches() {
        return failedFetches.sum();
    }
}
