package io.milena.testkit.hostile;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends a record of 1 KB each 10 ms and notes how long its acknowledgement took. */
final class GoodProducer implements AutoCloseable {
    private static final int MAX_SAMPLES = 1_000_000;
    private static final long PAUSE_MS = 10;

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final long[] latenciesNs = new long[MAX_SAMPLES];
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final Thread thread;
    private volatile boolean stopped;

    GoodProducer(String bootstrapServers, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "client.id", "good"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.thread = new Thread(this::run, "good-producer");
        thread.start();
    }

    private void run() {
        byte[] value = new byte[1_000];
        while (!stopped) {
            long sentNs = System.nanoTime();
            producer.send(new ProducerRecord<>(topic, value), (metadata, failure) -> {
                if (failure != null) {
                    failed.incrementAndGet();
                } else if (acknowledged.get() < MAX_SAMPLES) {
                    latenciesNs[acknowledged.get()] = System.nanoTime() - sentNs;
                    acknowledged.incrementAndGet();
                }
            });
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    int acknowledged() {
        return acknowledged.get();
    }

    int failed() {
        return failed.get();
    }

    /** The latency that 99 % of the records from the {@code from}th on did not exceed. */
    double p99Ms(int from) {
        long[] part = Arrays.copyOfRange(latenciesNs, from, acknowledged.get());
        Arrays.sort(part);
        return part.length == 0 ? 0 : part[(int) (part.length * 0.99)] / 1e6;
    }

    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        producer.close(java.time.Duration.ofSeconds(10));
    }
}
