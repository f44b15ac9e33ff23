package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.deadletter.DeadLetterHeaders;
import io.milena.starter.deadletter.DeadLetters;
import io.milena.starter.deadletter.TopicRedrive;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaHandler;

/** A dead letter topic that is not there or refuses: nothing is lost, nobody else waits, and what is wrong is told. */
@ExtendWith(OutputCaptureExtension.class)
class DeadLetterTopicTest {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final List<String> DONE = new CopyOnWriteArrayList<>();
    private static final Set<String> POISONED = ConcurrentHashMap.newKeySet();

    @EventType("chore.v1")
    record Chore(String text) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Hand.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Chore.class);
        }
    }

    @MilenaListener(id = "hand", groupId = "${chores}-hands", topics = "${chores}")
    static class Hand {
        @KafkaHandler
        void on(Chore chore) {
            if (POISONED.contains(chore.text())) {
                throw new IllegalStateException("cannot do it");
            }
            DONE.add(chore.text());
        }
    }

    @BeforeEach
    void forget() {
        DONE.clear();
        POISONED.clear();
    }

    @ParameterizedTest
    @EnumSource
    void while_the_topic_is_missing_the_event_waits_with_its_key_and_says_so(
            TestDatabase.Kind kind, CapturedOutput output) throws Exception {
        String chores = "missing-" + kind.name().toLowerCase(Locale.ROOT);
        create(chores, Map.of());
        try (ConfigurableApplicationContext context = start(chores, kind.fresh().arguments())) {
            POISONED.add("spent");
            send(chores, "a", "spent");
            send(chores, "a", "behind it");
            for (int i = 0; i < 6; i++) {
                sendBytes(chores, "u", "unreadable-" + chores + i, "{".getBytes(StandardCharsets.UTF_8));
            }
            send(chores, "u", "readable");
            send(chores, "b", "another key");
            await().atMost(PATIENCE).until(() -> DONE.containsAll(List.of("readable", "another key")));

            await().atMost(PATIENCE).untilAsserted(() -> {
                Health health = retries(context);
                assertThat(health.getStatus()).isEqualTo(Status.DOWN);
                assertThat(health.getDetails().get("withoutDeadLetter")).isEqualTo(Map.of(chores, 2L));
                assertThat(health.getDetails().get("problem"))
                        .asString()
                        .contains("no dead letter in " + chores + "-dlt", "create it or declare it as a NewTopic");
            });
            assertThat(output).contains("stays parked and its key waits", "no dead letter in " + chores + "-dlt");
            assertThat(DONE).containsExactlyInAnyOrder("readable", "another key");

            create(chores + "-dlt", Map.of());
            await().atMost(PATIENCE).until(() -> DONE.contains("behind it"));
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(letters(chores + "-dlt", "u"))
                        .extracting(letter -> EventHeaders.read(letter.headers(), EventHeaders.ID))
                        .containsExactly(IntStream.range(0, 6)
                                .mapToObj(i -> "unreadable-" + chores + i)
                                .toArray(String[]::new));
                assertThat(letters(chores + "-dlt", "a")).hasSize(1);
                assertThat(retries(context).getStatus()).isEqualTo(Status.UP);
            });
            assertThat(context.getBean(DeadLetters.class).waiting()).isEqualTo(7);
        }
    }

    @Test
    void a_letter_that_is_too_large_goes_without_its_value_and_can_be_redriven() throws Exception {
        String chores = "large";
        create(chores, Map.of());
        create(chores + "-dlt", Map.of("max.message.bytes", "4000"));
        try (ConfigurableApplicationContext context =
                start(chores, TestDatabase.h2().arguments())) {
            String text = "x".repeat(5_000);
            POISONED.add(text);
            send(chores, "a", text);
            send(chores, "a", "behind it");

            await().atMost(PATIENCE).until(() -> DONE.contains("behind it"));
            assertThat(letters(chores + "-dlt", "a")).singleElement().satisfies(letter -> {
                assertThat(letter.value()).isEmpty();
                assertThat(EventHeaders.read(letter.headers(), DeadLetterHeaders.OMITTED))
                        .isEqualTo("the value of " + (text.length() + 11) + " bytes");
                assertThat(EventHeaders.read(letter.headers(), DeadLetterHeaders.OFFSET))
                        .isEqualTo("0");
            });
            POISONED.clear();
            assertThat(context.getBean(DeadLetters.class).redriveAll()).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> DONE.contains(text));
        }
    }

    @Test
    void a_letter_that_is_too_large_by_its_headers_goes_without_them() throws Exception {
        String chores = "large-headers";
        create(chores, Map.of());
        create(chores + "-dlt", Map.of("max.message.bytes", "4000"));
        try (ConfigurableApplicationContext context =
                start(chores, TestDatabase.h2().arguments())) {
            POISONED.add("noted");
            ProducerRecord<String, byte[]> noted = record(chores, "a", "noted-1", json("noted"));
            noted.headers().add("note", "x".repeat(5_000).getBytes(StandardCharsets.UTF_8));
            send(noted);
            send(chores, "a", "behind it");

            await().atMost(PATIENCE).until(() -> DONE.contains("behind it"));
            assertThat(letters(chores + "-dlt", "a")).singleElement().satisfies(letter -> {
                assertThat(letter.headers().lastHeader("note")).isNull();
                assertThat(EventHeaders.read(letter.headers(), EventHeaders.ID)).isEqualTo("noted-1");
                assertThat(EventHeaders.read(letter.headers(), DeadLetterHeaders.OMITTED))
                        .isEqualTo("the value of 16 bytes, headers of more than 1000 bytes");
            });
            POISONED.clear();
            assertThat(context.getBean(DeadLetters.class).redriveAll()).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> DONE.contains("noted"));
        }
    }

    @Test
    void without_a_database_the_partition_waits_for_the_topic_and_letters_are_redriven_from_it(CapturedOutput output)
            throws Exception {
        String chores = "stateless";
        create(chores, Map.of());
        try (ConfigurableApplicationContext context = start(
                chores,
                List.of("--spring.autoconfigure.exclude="
                        + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration"))) {
            POISONED.add("spent");
            send(chores, "a", "first");
            send(chores, "a", "spent");
            send(chores, "b", "behind it");
            await().atMost(PATIENCE).until(() -> output.getOut().contains("no dead letter in " + chores + "-dlt"));
            assertThat(DONE).containsExactly("first");

            create(chores + "-dlt", Map.of());
            await().atMost(PATIENCE).until(() -> DONE.contains("behind it"));
            assertThat(letters(chores + "-dlt", "a"))
                    .singleElement()
                    .satisfies(letter -> assertThat(EventHeaders.read(letter.headers(), DeadLetterHeaders.GROUP))
                            .isEqualTo(chores + "-hands"));

            TopicRedrive redrive = context.getBean(TopicRedrive.class);
            assertThat(redrive.redriveAll()).isEqualTo(new TopicRedrive.Outcome(0, 1));
            POISONED.clear();
            assertThat(redrive.redriveAll()).isEqualTo(new TopicRedrive.Outcome(1, 0));
            assertThat(redrive.redriveAll()).isEqualTo(new TopicRedrive.Outcome(0, 0));
            assertThat(DONE).containsExactly("first", "behind it", "spent");
        }
    }

    private static ConfigurableApplicationContext start(String chores, List<String> more) {
        List<String> arguments = new ArrayList<>(more);
        arguments.addAll(List.of(
                "--chores=" + chores,
                "--spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers(),
                "--spring.kafka.producer.properties.max.block.ms=500",
                "--milena.listener.retry.initial-interval=50ms",
                "--milena.listener.retry.max-interval=400ms",
                "--milena.listener.retry.max-retries=2",
                "--milena.listener.retry.poll-interval=100ms",
                "--milena.health.retries-overdue-after=300ms",
                "--spring.main.banner-mode=off"));
        return new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .run(arguments.toArray(String[]::new));
    }

    private static Health retries(ConfigurableApplicationContext context) {
        CompositeHealthContributor milena =
                context.getBean("milenaHealthContributor", CompositeHealthContributor.class);
        return ((HealthIndicator) milena.getContributor("retries")).health();
    }

    private static void create(String topic, Map<String, String> configuration) throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configuration)))
                    .all()
                    .get();
        }
    }

    private static void send(String topic, String key, String text) throws Exception {
        sendBytes(topic, key, topic + "-" + text.hashCode(), json(text));
    }

    private static byte[] json(String text) {
        return ("{\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    private static void sendBytes(String topic, String key, String id, byte[] value) throws Exception {
        send(record(topic, key, id, value));
    }

    private static ProducerRecord<String, byte[]> record(String topic, String key, String id, byte[] value) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, value);
        record.headers().add(EventHeaders.ID, id.getBytes(StandardCharsets.UTF_8));
        record.headers().add(EventHeaders.TYPE, "chore.v1".getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static void send(ProducerRecord<String, byte[]> record) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }

    private static List<ConsumerRecord<String, byte[]>> letters(String topic, String key) {
        List<ConsumerRecord<String, byte[]>> letters = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (key.equals(record.key())) {
                        letters.add(record);
                    }
                }
            }
        }
        return letters;
    }
}
