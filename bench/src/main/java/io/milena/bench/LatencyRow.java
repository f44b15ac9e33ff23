package io.milena.bench;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** From send to poll, acks=all, linger 0, at a steady 1,000 records per second; the first five seconds do not count. */
final class LatencyRow implements Row {
    private static final int PER_SECOND = 1_000;
    private static final int WARM_UP = 5 * PER_SECOND;
    private static final int COUNTED = 10 * PER_SECOND;

    @Override
    public String name() {
        return "latency";
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        try (ServerProcess node = ServerProcess.formatted(server, Map.of())) {
            node.start();
            node.awaitPort();
            Clients.createTopic(node.bootstrap(), "latency", 1);
            long[] latenciesNs = new long[WARM_UP + COUNTED];
            try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(node.bootstrap(), Map.of())) {
                consumer.assign(Clients.partitions("latency", 1));
                consumer.seekToBeginning(consumer.assignment());
                consumer.poll(Duration.ofMillis(100));
                Thread sender = new Thread(() -> send(node.bootstrap()), "sender");
                sender.start();
                receive(consumer, latenciesNs);
                sender.join();
            }
            return figures(Arrays.copyOfRange(latenciesNs, WARM_UP, latenciesNs.length));
        }
    }

    private static void send(String bootstrap) {
        long intervalNs = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(bootstrap, Map.of("linger.ms", "0"))) {
            long nextNs = System.nanoTime();
            for (int i = 0; i < WARM_UP + COUNTED; i++) {
                while (System.nanoTime() < nextNs) {
                    LockSupport.parkNanos(nextNs - System.nanoTime());
                }
                byte[] value = new byte[100];
                ByteBuffer.wrap(value).putLong(System.nanoTime());
                producer.send(new ProducerRecord<>("latency", value));
                nextNs += intervalNs;
            }
            producer.flush();
        }
    }

    private static void receive(KafkaConsumer<byte[], byte[]> consumer, long[] latenciesNs) {
        int received = 0;
        while (received < latenciesNs.length) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(30))) {
                latenciesNs[received++] =
                        System.nanoTime() - ByteBuffer.wrap(record.value()).getLong();
            }
        }
    }

    private static Map<String, Double> figures(long[] latenciesNs) {
        Arrays.sort(latenciesNs);
        Map<String, Double> figures = Row.figures();
        figures.put(
                "end-to-end latency mean, ms",
                Arrays.stream(latenciesNs).average().orElseThrow() / 1e6);
        figures.put("end-to-end latency p50, ms", percentile(latenciesNs, 0.5));
        figures.put("end-to-end latency p99, ms", percentile(latenciesNs, 0.99));
        figures.put("end-to-end latency p99.9, ms", percentile(latenciesNs, 0.999));
        return figures;
    }

    private static double percentile(long[] sortedNs, double fraction) {
        return sortedNs[(int) Math.min(sortedNs.length - 1, Math.ceil(sortedNs.length * fraction))] / 1e6;
    }
}
