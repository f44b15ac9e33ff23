package io.milena.demo.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the topic {@code orders} along and notes when {@code order.shipped.v1} of our orders arrives, by this machine's clock. A member of no
 * group. An event that was published twice counts twice.
 */
final class ShippedWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ShippedWatch.class);
    private static final String TOPIC = "orders";
    private static final byte[] SHIPPED = "order.shipped.v1".getBytes(StandardCharsets.UTF_8);
    private static final Duration POLL = Duration.ofMillis(500);

    private final KafkaConsumer<String, byte[]> consumer;
    private final OrderSource source;
    private final LongSupplier nowUs;
    private final Latencies latencies = new Latencies();
    private final Thread thread = new Thread(this::run, "watch-orders");
    private volatile boolean stopped;

    private ShippedWatch(KafkaConsumer<String, byte[]> consumer, OrderSource source, LongSupplier nowUs) {
        this.consumer = consumer;
        this.source = source;
        this.nowUs = nowUs;
    }

    /** Returns when it knows where the topic ends; from there it reads. */
    static ShippedWatch start(String bootstrapServers, OrderSource source, LongSupplier nowUs) {
        KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "client.id", "load-watch", "auto.offset.reset", "latest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = consumer.partitionsFor(TOPIC).stream()
                    .map(info -> new TopicPartition(TOPIC, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
        } catch (KafkaException e) {
            consumer.close();
            throw new UsageException("the topic orders at " + bootstrapServers + " cannot be read: " + e.getMessage());
        }
        ShippedWatch watch = new ShippedWatch(consumer, source, nowUs);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** From the moment an order was due until it was told that it is shipped. */
    Latency latency() {
        return latencies.soFar();
    }

    private void run() {
        try (consumer) {
            while (!stopped) {
                try {
                    consumer.poll(POLL).forEach(this::see);
                } catch (WakeupException stop) {
                    return;
                } catch (KafkaException e) {
                    log.warn("The topic orders could not be read on: {}", e.toString());
                    return;
                }
            }
        }
    }

    private void see(ConsumerRecord<String, byte[]> event) {
        Header type = event.headers().lastHeader("ce_type");
        if (type == null || !Arrays.equals(type.value(), SHIPPED) || event.key() == null) {
            return;
        }
        long dueUs = source.dueUs(event.key());
        if (dueUs >= 0) {
            latencies.record((nowUs.getAsLong() - dueUs) * 1_000);
        }
    }

    @Override
    public void close() {
        stopped = true;
        consumer.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
