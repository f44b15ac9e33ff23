package io.milena.bench;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Process start to the first acknowledged record on a freshly formatted directory; then idle memory. */
final class StartRow implements Row {
    private static final long IDLE_MS = 8_000;
    private final boolean memory;

    private StartRow(boolean memory) {
        this.memory = memory;
    }

    static Row start() {
        return new StartRow(false);
    }

    static Row memory() {
        return new StartRow(true);
    }

    @Override
    public String name() {
        return memory ? "memory" : "start";
    }

    @Override
    public boolean alsoBare() {
        return true;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        try (ServerProcess node = ServerProcess.formatted(server, Map.of())) {
            node.start();
            node.awaitPort();
            try (KafkaProducer<byte[], byte[]> producer =
                    Clients.producer(node.bootstrap(), Map.of("linger.ms", "0"))) {
                producer.send(new ProducerRecord<>("first", new byte[100])).get(120, TimeUnit.SECONDS);
            }
            double firstRecordMs = (System.nanoTime() - node.startedNs()) / 1e6;
            if (memory) {
                Thread.sleep(IDLE_MS);
                figures.put("idle resident memory, MiB", node.residentMib());
            } else {
                figures.put("process start to first acknowledged record, ms", firstRecordMs);
            }
        }
        return figures;
    }
}
