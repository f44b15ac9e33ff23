package io.milena.broker.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own producer, consumer and admin client against the data plane, over sockets. */
class RealClientsTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    @TempDir
    Path directory;

    private TestBroker broker;

    @BeforeEach
    void start() {
        broker = new TestBroker(directory);
        broker.topic("orders", 2);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "lz4", "snappy", "zstd"})
    void whatIsProducedIsConsumedInOrder(String codec) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of(ProducerConfig.COMPRESSION_TYPE_CONFIG, codec))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                sent.add(producer.send(record("value-" + i)));
            }
            producer.flush();
            for (int i = 0; i < 1000; i++) {
                assertThat(sent.get(i).get().offset()).isEqualTo(i);
            }
        }
        assertThat(values(1000)).first().isEqualTo("value-0");
        assertThat(values(1000)).last().isEqualTo("value-999");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "all"})
    void everyKindOfAcknowledgementWorks(String acks) {
        Map<String, Object> config =
                Map.of(ProducerConfig.ACKS_CONFIG, acks, ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        try (KafkaProducer<byte[], byte[]> producer = producer(config)) {
            for (int i = 0; i < 100; i++) {
                producer.send(record("value-" + i));
            }
        }
        await().untilAsserted(() ->
                assertThat(broker.partition("orders", 0).log().highWatermark()).isEqualTo(100));
        assertThat(values(100)).hasSize(100);
    }

    /** Only a poll sends the fetch, however long metadata and offsets took to come. */
    private void pollUntilParked(KafkaConsumer<byte[], byte[]> consumer) {
        await().until(() -> {
            consumer.poll(Duration.ofMillis(100));
            return broker.plane().parkedFetches() == 1;
        });
    }

    @Test
    void aParkedConsumerIsWokenByTheNextRecord() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of("fetch.max.wait.ms", 30_000));
                KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            consumer.assign(List.of(ORDERS));
            consumer.seekToBeginning(List.of(ORDERS));
            pollUntilParked(consumer);

            long start = System.nanoTime();
            producer.send(record("wake")).get();
            List<ConsumerRecord<byte[], byte[]>> got = new ArrayList<>();
            while (got.isEmpty()) {
                consumer.poll(Duration.ofSeconds(5)).forEach(got::add);
            }
            assertThat(got).hasSize(1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            consumer.close(CloseOptions.timeout(Duration.ZERO)); // else it waits for the next parked fetch
        }
    }

    @Test
    void aConsumersCloseTakesWhatIsLeftOfItsParkedFetch() {
        // given a consumer whose fetch is parked
        Duration maxWait = Duration.ofMillis(1_500);
        KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of("fetch.max.wait.ms", (int) maxWait.toMillis()));
        consumer.assign(List.of(ORDERS));
        consumer.seekToBeginning(List.of(ORDERS));
        long start = System.nanoTime();
        pollUntilParked(consumer);

        // when
        consumer.close();

        // then the end of the session, which comes behind that fetch, has not hurried it
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(maxWait);
    }

    @Test
    void offsetsAreFoundByTimeAndByTheirSpecialNames() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of());
                Admin admin = admin()) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("orders", 0, 1_000L + i * 100, null, bytes("v" + i)))
                        .get();
            }
            assertThat(offset(admin, OffsetSpec.earliest())).isZero();
            assertThat(offset(admin, OffsetSpec.latest())).isEqualTo(10);
            assertThat(offset(admin, OffsetSpec.maxTimestamp())).isEqualTo(9);
            assertThat(offset(admin, OffsetSpec.forTimestamp(1_450))).isEqualTo(5);
            assertThat(offset(admin, OffsetSpec.forTimestamp(9_000))).isEqualTo(-1);
            assertThat(offset(admin, OffsetSpec.earliestLocal())).isZero();
            assertThat(offset(admin, OffsetSpec.latestTiered())).isEqualTo(-1);
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of())) {
            Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(Map.of(ORDERS, 1_200L));
            assertThat(found.get(ORDERS).offset()).isEqualTo(2);
            assertThat(found.get(ORDERS).timestamp()).isEqualTo(1_200);
        }
    }

    @Test
    void recordsAreDeletedUpToTheHighWatermarkAndNoFurther() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of());
                Admin admin = admin()) {
            for (int i = 0; i < 10; i++) {
                producer.send(record("v" + i)).get();
            }
            long low = admin.deleteRecords(Map.of(ORDERS, RecordsToDelete.beforeOffset(4)))
                    .lowWatermarks()
                    .get(ORDERS)
                    .get()
                    .lowWatermark();
            assertThat(low).isEqualTo(4);
            assertThat(offset(admin, OffsetSpec.earliest())).isEqualTo(4);
            assertThatThrownBy(() -> admin.deleteRecords(Map.of(ORDERS, RecordsToDelete.beforeOffset(11)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(OffsetOutOfRangeException.class);
            assertThat(admin.deleteRecords(Map.of(ORDERS, RecordsToDelete.beforeOffset(-1)))
                            .lowWatermarks()
                            .get(ORDERS)
                            .get()
                            .lowWatermark())
                    .isEqualTo(10);
        }
    }

    @Test
    void aRecordLargerThanTheTopicTakesIsRefused() {
        broker.topic("small", 1, Map.of("max.message.bytes", "1000"));
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("small", new byte[2_000]))
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }
    }

    @Test
    void logDirectoriesAndProducersAreDescribed() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of());
                Admin admin = admin()) {
            producer.send(record("v")).get();

            var directories = admin.describeLogDirs(List.of(TestBroker.ID))
                    .allDescriptions()
                    .get()
                    .get(TestBroker.ID);
            var described = directories.get(directory.toString());
            assertThat(described.replicaInfos().get(ORDERS).size()).isPositive();
            assertThat(described.totalBytes().getAsLong()).isPositive();
            assertThat(admin.describeProducers(List.of(ORDERS))
                            .partitionResult(ORDERS)
                            .get()
                            .activeProducers())
                    .hasSize(1);
        }
    }

    @Test
    void largeBatchesAndManyPartitionsComeThroughWhole() throws Exception {
        broker.topic("wide", 20);
        byte[] value = new byte[200_000];
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of(ProducerConfig.LINGER_MS_CONFIG, 0))) {
            for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>("wide", i % 20, null, value));
            }
        }
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(new TopicPartition("wide", i));
        }
        int[] counts = new int[20];
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of())) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> counts[record.partition()]++);
                return java.util.Arrays.stream(counts).sum() >= 100;
            });
        }
        assertThat(counts).containsOnly(5);
    }

    private long offset(Admin admin, OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(ORDERS, spec))
                .partitionResult(ORDERS)
                .get()
                .offset();
    }

    private List<String> values(int count) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of())) {
            consumer.assign(List.of(ORDERS));
            consumer.seekToBeginning(List.of(ORDERS));
            await().until(() -> {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
                return values.size() >= count;
            });
        }
        return values;
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> config) {
        return new KafkaProducer<>(with(config), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> config) {
        return new KafkaConsumer<>(with(config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Admin admin() {
        return Admin.create(with(Map.of()));
    }

    private Properties with(Map<String, Object> config) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
        properties.putAll(config);
        return properties;
    }

    private static ProducerRecord<byte[], byte[]> record(String value) {
        return new ProducerRecord<>("orders", 0, null, bytes(value));
    }

    private static byte[] bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
