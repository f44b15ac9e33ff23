package io.milena.bench;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Two million records of 100 bytes read from the start by one consumer, after one warm-up pass. */
final class ConsumeRow implements Row {
    private static final int PASSES = 3;
    private final boolean cpu;

    private ConsumeRow(boolean cpu) {
        this.cpu = cpu;
    }

    static Row cpu() {
        return new ConsumeRow(true);
    }

    static Row throughput() {
        return new ConsumeRow(false);
    }

    @Override
    public String name() {
        return cpu ? "cpu-consume" : "throughput-consume";
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        try (ServerProcess node = ServerProcess.formatted(server, Map.of())) {
            node.start();
            node.awaitPort();
            Clients.createTopic(node.bootstrap(), "load", ProduceRow.PARTITIONS);
            ProduceRow.produce(node.bootstrap(), "load", ProduceRow.RECORDS);
            consume(node.bootstrap());
            double cpuBefore = node.cpuSeconds();
            long startNs = System.nanoTime();
            for (int pass = 0; pass < PASSES; pass++) {
                consume(node.bootstrap());
            }
            double seconds = (System.nanoTime() - startNs) / 1e9;
            double records = (double) PASSES * ProduceRow.RECORDS;
            if (cpu) {
                figures.put(
                        "server CPU per million records consumed, s", (node.cpuSeconds() - cpuBefore) * 1e6 / records);
            } else {
                figures.put("consume throughput, records/s", records / seconds);
            }
        }
        return figures;
    }

    private static void consume(String bootstrap) {
        try (KafkaConsumer<byte[], byte[]> consumer = Clients.consumer(bootstrap, Map.of())) {
            consumer.assign(Clients.partitions("load", ProduceRow.PARTITIONS));
            consumer.seekToBeginning(consumer.assignment());
            long read = 0;
            while (read < ProduceRow.RECORDS) {
                read += consumer.poll(Duration.ofSeconds(30)).count();
            }
        }
    }
}
