package io.milena.bench;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * 100-byte records, acks=all, one topic of six partitions: the first two million after the start (cold), then, after two
 * million more, another two million (warm). Either records per second or server CPU per million records.
 */
final class ProduceRow implements Row {
    static final int RECORDS = 2_000_000;
    static final int PARTITIONS = 6;
    private final boolean cpu;

    private ProduceRow(boolean cpu) {
        this.cpu = cpu;
    }

    static Row cpu() {
        return new ProduceRow(true);
    }

    static Row throughput() {
        return new ProduceRow(false);
    }

    @Override
    public String name() {
        return cpu ? "cpu-produce" : "throughput-produce";
    }

    @Override
    public boolean alsoBare() {
        return cpu; // shows what Spring's own start adds to the cold figure
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        try (ServerProcess node = ServerProcess.formatted(server, Map.of())) {
            node.start();
            node.awaitPort();
            Clients.createTopic(node.bootstrap(), "load", PARTITIONS);
            measureOnce(node, "cold", figures);
            produce(node.bootstrap(), "load", RECORDS);
            measureOnce(node, "warm", figures);
        }
        return figures;
    }

    private void measureOnce(ServerProcess node, String phase, Map<String, Double> figures) throws Exception {
        double cpuBefore = node.cpuSeconds();
        long startNs = System.nanoTime();
        produce(node.bootstrap(), "load", RECORDS);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        if (cpu) {
            figures.put(
                    "server CPU per million records produced, " + phase + ", s",
                    (node.cpuSeconds() - cpuBefore) * 1e6 / RECORDS);
        } else {
            figures.put("produce throughput, " + phase + ", records/s", RECORDS / seconds);
        }
    }

    /** Sends {@code count} records of 100 bytes and returns when all are acknowledged. */
    static void produce(String bootstrap, String topic, int count) throws Exception {
        AtomicReference<Exception> failure = new AtomicReference<>();
        byte[] value = new byte[100];
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(bootstrap, Map.of())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>(topic, value), (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
            }
            producer.flush();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }
}
