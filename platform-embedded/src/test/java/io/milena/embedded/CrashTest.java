package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged before a kill -9 is there after the restart, once and in order, whatever the tail of the log looks like. */
class CrashTest {
    private static final int RECORDS = 100_000;
    private static final TopicPartition PARTITION = new TopicPartition("crash", 0);

    @Test
    void nothingAcknowledgedIsLostOrDoubledByAKillInTheMiddle(@TempDir Path directory) throws Exception {
        BitSet acknowledged = new BitSet(RECORDS);
        try (ChildNode node = ChildNode.in(directory, Map.of()).startMilena()) {
            produceAndKillInTheMiddle(node, acknowledged);
            node.startMilena();
            assertHoldsOnceAndInOrder(consume(node), acknowledged);
        }
    }

    @Test
    void aTornTailIsCutAndNothingBeforeIt(@TempDir Path directory) throws Exception {
        BitSet acknowledged = new BitSet(RECORDS);
        try (ChildNode node = ChildNode.in(directory, Map.of()).startMilena()) {
            produceAndKillInTheMiddle(node, acknowledged);
            tearTail(activeSegment(directory));
            node.startMilena();
            assertHoldsOnceAndInOrder(consume(node), acknowledged);
        }
    }

    private static void produceAndKillInTheMiddle(ChildNode node, BitSet acknowledged) throws InterruptedException {
        CountDownLatch enough = new CountDownLatch(RECORDS * 9 / 10);
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                node.bootstrapServers(),
                "acks",
                "all",
                "delivery.timeout.ms",
                "3000",
                "request.timeout.ms",
                "1500",
                "linger.ms",
                "1");
        try (KafkaProducer<Integer, Integer> producer =
                new KafkaProducer<>(config, new IntegerSerializer(), new IntegerSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                int number = i;
                producer.send(new ProducerRecord<>("crash", 0, number, number), (metadata, error) -> {
                    if (error == null) {
                        synchronized (acknowledged) {
                            acknowledged.set(number);
                        }
                        enough.countDown();
                    }
                });
            }
            assertThat(enough.await(60, TimeUnit.SECONDS))
                    .as("90 % acknowledged")
                    .isTrue();
            node.kill();
            producer.close(Duration.ofMillis(500)); // long enough for answers that were on their way
        }
    }

    /** The first half of the last bytes once more, as a batch that was being written, and zeros as of a block that never was. */
    private static void tearTail(Path segment) throws IOException {
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer head = ByteBuffer.allocate(300);
            file.read(head, 0);
            file.write(head.flip(), file.size());
            file.write(ByteBuffer.allocate(4096), file.size());
        }
    }

    private static Path activeSegment(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data").resolve("crash-0"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    private static List<Integer> consume(ChildNode node) {
        List<Integer> numbers = new ArrayList<>();
        Map<String, Object> config =
                Map.of("bootstrap.servers", node.bootstrapServers(), "auto.offset.reset", "earliest");
        try (KafkaConsumer<Integer, Integer> consumer =
                new KafkaConsumer<>(config, new IntegerDeserializer(), new IntegerDeserializer())) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION), Duration.ofSeconds(30))
                    .get(PARTITION);
            while (consumer.position(PARTITION) < end) {
                for (ConsumerRecord<Integer, Integer> record : consumer.poll(Duration.ofSeconds(5))) {
                    numbers.add(record.value());
                }
            }
        }
        return numbers;
    }

    private static void assertHoldsOnceAndInOrder(List<Integer> read, BitSet acknowledged) {
        assertThat(read).isSorted().doesNotHaveDuplicates();
        BitSet found = new BitSet(RECORDS);
        read.forEach(found::set);
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(found);
        assertThat(lost.cardinality()).as("acknowledged but lost: %s", lost).isZero();
    }
}
