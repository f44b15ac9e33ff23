package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.deadletter.DeadLetter;
import io.milena.starter.deadletter.DeadLetters;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventInfo;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaHandler;

/** Events that are no good in ways nobody thought of: large, long, doubled, binary, or the victims of somebody else. */
@ParameterizedClass
@EnumSource
class PoisonFlowTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<String> DONE = new CopyOnWriteArrayList<>();
    private static final Set<String> POISONED = ConcurrentHashMap.newKeySet();

    @EventType("errand.v1")
    record Errand(String text) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Runner.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Errand.class);
        }
    }

    @MilenaListener(id = "runner", groupId = "runners", topics = "${errands}")
    static class Runner {
        @KafkaHandler
        void on(Errand errand, EventInfo info) {
            String name = errand.text().split(" ", 2)[0];
            if (POISONED.contains(name)) {
                throw switch (name) {
                    case "redis" -> new DataAccessResourceFailureException("redis is away");
                    case "slow" -> new QueryTimeoutException("took too long");
                    default -> new IllegalStateException("cannot do " + name);
                };
            }
            DONE.add(name + "/" + info.source());
        }
    }

    @Parameter
    TestDatabase.Kind kind;

    private static ConfigurableApplicationContext context;
    private static JdbcTemplate jdbc;
    private static String topic;

    @BeforeParameterizedClassInvocation
    static void start(TestDatabase.Kind kind) {
        DONE.clear();
        POISONED.clear();
        topic = "errands-" + kind.name().toLowerCase(Locale.ROOT);
        List<String> arguments = new ArrayList<>(kind.fresh().arguments());
        arguments.addAll(List.of(
                "--errands=" + topic,
                "--spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers(),
                "--milena.listener.retry.initial-interval=50ms",
                "--milena.listener.retry.max-interval=200ms",
                "--milena.listener.retry.max-retries=2",
                "--milena.listener.retry.max-contentions=3",
                "--milena.listener.retry.poll-interval=100ms",
                "--spring.main.banner-mode=off"));
        Map<String, String> large = Map.of("max.message.bytes", "4000000");
        context = new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .initializers(starting -> {
                    starting.getBeanFactory()
                            .registerSingleton("errands", new NewTopic(topic, 1, (short) 1).configs(large));
                    starting.getBeanFactory()
                            .registerSingleton("dead", new NewTopic(topic + "-dlt", 1, (short) 1).configs(large));
                })
                .run(arguments.toArray(String[]::new));
        jdbc = context.getBean(JdbcTemplate.class);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        context.close();
    }

    @Test
    void a_large_event_goes_to_the_dead_letters_as_it_came() {
        POISONED.add("large");
        String text = "large " + "x".repeat(1_200_000);
        send("a", UUID.randomUUID().toString(), "shop", text);
        send("a", UUID.randomUUID().toString(), "shop", "a2");

        awaitDone("a2/shop");
        assertThat(deadRecord("a").value()).isEqualTo(json(text));
    }

    @Test
    void what_always_ends_in_a_time_out_is_given_up_in_the_end() {
        POISONED.add("slow");
        send("b", UUID.randomUUID().toString(), "shop", "slow");
        send("b", UUID.randomUUID().toString(), "shop", "b2");

        awaitDone("b2/shop");
        assertThat(letter("b").attempts()).isEqualTo(3);
        assertThat(letter("b").reason()).isEqualTo("QueryTimeoutException: took too long");
    }

    @Test
    void somebody_elses_outage_is_the_events_own_failure() {
        POISONED.add("redis");
        send("c", UUID.randomUUID().toString(), "shop", "redis");
        send("d", UUID.randomUUID().toString(), "shop", "d1");
        send("c", UUID.randomUUID().toString(), "shop", "c2");

        awaitDone("d1/shop");
        awaitDone("c2/shop");
        assertThat(letter("c").attempts()).isEqualTo(3);
    }

    @Test
    void an_endless_id_is_an_id() {
        String id = "long".repeat(100);
        POISONED.add("e1");
        send("e", id + "1", "shop", "e1");
        send("e", id + "2", "shop", "e2");
        send("e", id + "2", "shop", "e2");
        send("e", UUID.randomUUID().toString(), "shop", "e3");
        awaitDone("e3/shop");
        assertThat(DONE).containsOnlyOnce("e2/shop");
        DeadLetter letter = letter("e");
        assertThat(letter.eventId()).isEqualTo(id + "1");

        POISONED.remove("e1");
        assertThat(context.getBean(DeadLetters.class).redrive(letter.id())).isTrue();
        awaitDone("e1/shop");
    }

    @Test
    void two_sources_may_have_the_same_id() {
        send("f", "1", "shop", "f1");
        send("f", "1", "branch", "f1");
        send("f", "1", "shop", "f1");
        send("f", UUID.randomUUID().toString(), "shop", "f2");

        awaitDone("f2/shop");
        assertThat(DONE).containsOnlyOnce("f1/shop", "f1/branch");
    }

    @Test
    void what_was_handled_before_identities_had_a_source_stays_handled() {
        Instant now = Instant.now();
        remember("7", now);
        remember("8", now.minus(Duration.ofDays(2)));
        send("g", "7", "shop", "g7");
        send("g", "8", "shop", "g8");
        send("g", UUID.randomUUID().toString(), "shop", "g9");

        awaitDone("g9/shop");
        assertThat(DONE).contains("g8/shop").doesNotContain("g7/shop");
    }

    @Test
    void a_binary_key_survives_its_event() {
        POISONED.addAll(Set.of("h1", "h2"));
        byte[] noText = {(byte) 0x80, 1};
        byte[] withZero = {0, 0, 0, 5};
        send(noText, UUID.randomUUID().toString(), "shop", "h1");
        send(withZero, UUID.randomUUID().toString(), "shop", "h2");
        send(noText, UUID.randomUUID().toString(), "shop", "h3");
        send(withZero, UUID.randomUUID().toString(), "shop", "h4");

        awaitDone("h3/shop");
        awaitDone("h4/shop");
        for (String name : List.of("h1", "h2")) {
            byte[] key = name.equals("h1") ? noText : withZero;
            assertThat(deadRecords())
                    .filteredOn(record -> new String(record.value(), StandardCharsets.UTF_8).contains(name))
                    .singleElement()
                    .satisfies(record -> assertThat(record.key()).isEqualTo(key));
        }
    }

    private static void remember(String id, Instant at) {
        jdbc.update(
                "insert into processed_event (consumer, event_id, processed_at) values ('runners', ?, ?)",
                id,
                at.atOffset(ZoneOffset.UTC));
    }

    private static byte[] json(String text) {
        return ("{\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    private static void send(String key, String id, @Nullable String source, String text) {
        send(key.getBytes(StandardCharsets.UTF_8), id, source, text);
    }

    private static void send(byte[] key, String id, @Nullable String source, String text) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, json(text));
        record.headers().add(EventHeaders.ID, id.getBytes(StandardCharsets.UTF_8));
        record.headers().add(EventHeaders.TYPE, "errand.v1".getBytes(StandardCharsets.UTF_8));
        if (source != null) {
            record.headers().add(EventHeaders.SOURCE, source.getBytes(StandardCharsets.UTF_8));
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers(), "max.request.size", 4_000_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitDone(String what) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(DONE).contains(what));
    }

    private static DeadLetter letter(String key) {
        return context.getBean(DeadLetters.class).list(0, 500).stream()
                .filter(letter -> key.equals(letter.key()))
                .findFirst()
                .orElseThrow();
    }

    private static ConsumerRecord<byte[], byte[]> deadRecord(String key) {
        return deadRecords().stream()
                .filter(record -> key.equals(new String(record.key(), StandardCharsets.UTF_8)))
                .findFirst()
                .orElseThrow();
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadRecords() {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic + "-dlt", 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
        }
        return found;
    }
}
