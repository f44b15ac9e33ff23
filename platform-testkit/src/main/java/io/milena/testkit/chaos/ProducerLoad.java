package io.milena.testkit.chaos;

import io.milena.testkit.process.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * One idempotent producer that sends to every partition a record per {@code pauseMs}, and notes what is acknowledged and when. It does not
 * wait for one before it sends the next, but has at most {@value #IN_FLIGHT} of a partition under way; so a partition that is down
 * does not hold up the others. A thread of its own sends; the producer's thread notes.
 */
final class ProducerLoad implements AutoCloseable {
    private static final int IN_FLIGHT = 50;

    private final int id;
    private final String topic;
    private final List<Ledger> ledgers;
    private final Gaps gaps;
    private final Violations violations;
    private final Producer<String, String> producer;
    private final Semaphore[] room;
    private final int[] next;
    private final AtomicLong underWay = new AtomicLong();
    private final long pauseMs;
    private final Thread thread;
    private volatile boolean stopped;
    private volatile boolean closed;

    ProducerLoad(
            int id,
            String topic,
            List<Ledger> ledgers,
            Gaps gaps,
            Violations violations,
            Producer<String, String> producer,
            long pauseMs) {
        this.id = id;
        this.topic = topic;
        this.ledgers = ledgers;
        this.gaps = gaps;
        this.violations = violations;
        this.producer = producer;
        this.pauseMs = pauseMs;
        room = new Semaphore[ledgers.size()];
        for (int i = 0; i < room.length; i++) {
            room[i] = new Semaphore(IN_FLIGHT);
        }
        next = new int[ledgers.size()];
        thread = new Thread(this::run, "producer-" + id);
        thread.start();
    }

    private void run() {
        try {
            while (!stopped) {
                for (int partition = 0; partition < ledgers.size(); partition++) {
                    if (room[partition].tryAcquire()) {
                        send(partition);
                    }
                }
                Await.pause(pauseMs);
            }
        } catch (RuntimeException e) {
            violations.add("Producer " + id + " cannot go on: " + e);
        }
    }

    private void send(int partition) {
        int number = next[partition]++;
        underWay.incrementAndGet();
        producer.send(new ProducerRecord<>(topic, partition, null, Ledger.record(id, number)), (metadata, error) -> {
            if (error == null) {
                ledgers.get(partition).acknowledge(id, number, metadata.hasOffset() ? metadata.offset() : -1);
                gaps.success(partition, System.nanoTime());
            } else if (!closed) {
                violations.add("Producer " + id + ": record " + number + " of partition " + partition
                        + " was not acknowledged: " + error);
            }
            underWay.decrementAndGet();
            room[partition].release();
        });
    }

    /** Sends no more, and returns when all that was sent is acknowledged or refused. */
    void stop(Duration atMost) {
        stopped = true;
        try {
            thread.join(atMost.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Await.until("all that producer " + id + " sent is answered", atMost, () -> underWay.get() == 0);
    }

    @Override
    public void close() {
        stopped = true;
        // What is refused from now on is refused by this.
        closed = true;
        producer.close(Duration.ZERO);
    }
}
