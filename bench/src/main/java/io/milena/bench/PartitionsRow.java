package io.milena.bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Creating many partitions, their memory, and restarting with them, cleanly and after kill -9; first as they are created,
 * then with ten records in each, so that there are files to close, to open and to recover.
 */
final class PartitionsRow implements Row {
    private static final int PER_TOPIC = 100;
    /** Apache Kafka refuses a request that makes more than 10,000 records. */
    private static final int TOPICS_PER_REQUEST = 50;

    private static final int RECORDS = 10;

    private final String name;
    private final int partitions;

    PartitionsRow(String name, int partitions) {
        this.name = name;
        this.partitions = partitions;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean warmsUp() {
        return partitions < 10_000;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Map<String, Double> figures = Row.figures();
        String what = partitions + " partitions: ";
        try (ServerProcess node = ServerProcess.formatted(server, Map.of())) {
            node.start();
            node.awaitPort();
            Clients.createTopic(node.bootstrap(), "first", 1);
            long startNs = System.nanoTime();
            try (Admin admin = Clients.admin(node.bootstrap())) {
                create(admin);
            }
            awaitEveryPartition(node.bootstrap());
            figures.put(what + "create, ms", (System.nanoTime() - startNs) / 1e6);
            figures.put(what + "resident memory, MiB", node.residentMib());
            restarts(node, what, figures);
            long filledNs = System.nanoTime();
            fill(node.bootstrap());
            String filled = what + "with records: ";
            figures.put(filled + "first ten in each, ms", (System.nanoTime() - filledNs) / 1e6);
            figures.put(filled + "resident memory, MiB", node.residentMib());
            restarts(node, filled, figures);
        }
        return figures;
    }

    private void create(Admin admin) throws Exception {
        for (int first = 0; first < partitions / PER_TOPIC; first += TOPICS_PER_REQUEST) {
            admin.createTopics(IntStream.range(first, Math.min(partitions / PER_TOPIC, first + TOPICS_PER_REQUEST))
                            .mapToObj(i -> new NewTopic("t" + i, PER_TOPIC, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private void restarts(ServerProcess node, String what, Map<String, Double> figures) throws Exception {
        node.stop();
        figures.put(what + "restart clean, ms", restart(node));
        node.kill();
        figures.put(what + "restart after kill -9, ms", restart(node));
    }

    /** Ten records into each partition, all acknowledged. */
    private void fill(String bootstrap) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        byte[] value = new byte[100];
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(bootstrap, Map.of("linger.ms", "100"))) {
            for (int topic = 0; topic < partitions / PER_TOPIC; topic++) {
                for (int i = 0; i < PER_TOPIC * RECORDS; i++) {
                    sent.add(producer.send(new ProducerRecord<>("t" + topic, i % PER_TOPIC, null, value)));
                }
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    private double restart(ServerProcess node) throws Exception {
        node.start();
        node.awaitPort();
        awaitEveryPartition(node.bootstrap());
        return (System.nanoTime() - node.startedNs()) / 1e6;
    }

    private void awaitEveryPartition(String bootstrap) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> request = new HashMap<>();
        for (int topic = 0; topic < partitions / PER_TOPIC; topic++) {
            Clients.partitions("t" + topic, PER_TOPIC).forEach(tp -> request.put(tp, OffsetSpec.latest()));
        }
        try (Admin admin = Clients.admin(bootstrap)) {
            while (true) {
                try {
                    admin.listOffsets(request).all().get();
                    return;
                } catch (ExecutionException notYet) {
                    Thread.sleep(5);
                }
            }
        }
    }
}
