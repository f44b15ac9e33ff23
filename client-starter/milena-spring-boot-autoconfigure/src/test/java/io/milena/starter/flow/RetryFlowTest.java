package io.milena.starter.flow;

import static io.milena.starter.flow.TaskService.POISONED;
import static io.milena.starter.flow.TaskService.STUCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.deadletter.DeadLetter;
import io.milena.starter.deadletter.DeadLetterHeaders;
import io.milena.starter.deadletter.DeadLettersEndpoint;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.retry.RetriesEndpoint;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;

/** Failing events on a real broker: their keys keep their order, others go on, and dead letters come back to life once. */
@ParameterizedClass
@MethodSource("surroundings")
class RetryFlowTest {

    static Stream<Arguments> surroundings() {
        return Stream.of(
                Arguments.of(TestDatabase.Kind.H2, "classic"), Arguments.of(TestDatabase.Kind.POSTGRESQL, "consumer"));
    }

    /** Attempts that an event has: the first, and milena.listener.retry.max-retries. */
    private static final int BUDGET = 4;

    @Parameter(0)
    TestDatabase.Kind kind;

    @Parameter(1)
    String protocol;

    private static ConfigurableApplicationContext context;
    private static TestDatabase database;
    private static String topic;
    private static JdbcTemplate jdbc;

    @BeforeParameterizedClassInvocation
    static void start(TestDatabase.Kind kind, String protocol) {
        TaskService.reset();
        database = kind.fresh();
        topic = "tasks-" + protocol;
        context = TaskService.start(database, protocol);
        jdbc = context.getBean(JdbcTemplate.class);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        context.close();
    }

    @Test
    void a_failing_event_holds_up_its_own_key_only_and_keeps_its_order() {
        STUCK.add("a1");
        send("a", "a1");
        send("b", "b1");
        send("a", "a2");
        send("b", "b2");
        send("a", "a3");

        awaitWork("b", "b1", "b2");
        assertThat(work("worker", "a")).isEmpty();
        await().untilAsserted(() -> {
            var report = context.getBean(RetriesEndpoint.class).retries(null, null);
            assertThat(report.parked()).containsEntry("workers", 3L);
            assertThat(report.queues()).singleElement().satisfies(head -> {
                assertThat(head.key()).isEqualTo("a");
                assertThat(head.behind()).isEqualTo(2);
                assertThat(head.reason()).isEqualTo("CannotAcquireLockException: somebody sits on a1");
            });
            assertThat(gauge("milena.retry.parked", "workers")).isEqualTo(3);
        });
        STUCK.remove("a1");

        awaitWork("a", "a1", "a2", "a3");
        await().untilAsserted(() -> assertThat(work("auditor", "a")).containsExactly("a1", "a2", "a3"));
        await().untilAsserted(() -> assertThat(parkedKeys()).isZero());
    }

    @Test
    void beyond_its_budget_it_is_a_dead_letter_and_comes_back_once() {
        POISONED.add("c1");
        send("c", "c1");
        send("c", "c2");

        awaitWork("c", "c2");
        DeadLetter letter = waiting("c1");
        assertThat(TaskService.attempts("c1")).isEqualTo(BUDGET);
        assertThat(letter.attempts()).isEqualTo(BUDGET);
        assertThat(letter.group()).isEqualTo("workers");
        assertThat(letter.topic()).isEqualTo(topic);
        Headers headers = deadRecord(letter.eventId()).headers();
        assertThat(EventHeaders.read(headers, DeadLetterHeaders.REASON))
                .isEqualTo("IllegalStateException: cannot do c1");
        assertThat(EventHeaders.read(headers, DeadLetterHeaders.EXCEPTION))
                .isEqualTo("java.lang.IllegalStateException");
        assertThat(EventHeaders.read(headers, DeadLetterHeaders.ATTEMPTS)).isEqualTo("4");
        assertThat(EventHeaders.read(headers, DeadLetterHeaders.GROUP)).isEqualTo("workers");
        assertThat(EventHeaders.read(headers, DeadLetterHeaders.TOPIC)).isEqualTo(topic);
        assertThat(EventHeaders.read(headers, DeadLetterHeaders.PARTITION)).isEqualTo("0");
        assertThat(EventHeaders.read(headers, DeadLetterHeaders.OFFSET)).isEqualTo(Long.toString(letter.offset()));

        POISONED.remove("c1");
        String path = "/actuator/deadletters/" + letter.id();
        assertThat(http("GET", "/actuator/deadletters?size=500").body()).contains(letter.eventId());
        assertThat(http("GET", "/dead-letters?size=500").body()).contains(letter.eventId());
        assertThat(http("POST", path).body()).isEqualTo("{\"redriven\":1}");
        assertThat(http("POST", path).body()).isEqualTo("{\"redriven\":0}");
        HttpResponse<String> again = http("POST", "/dead-letters/" + letter.id() + "/redrive");
        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(again.headers().firstValue("Content-Type")).hasValue("application/problem+json");

        awaitWork("c", "c2", "c1");
        send("c", "c3");
        awaitWork("c", "c2", "c1", "c3");
        await().untilAsserted(() -> assertThat(work("auditor", "c")).containsExactly("c1", "c2", "c3"));
        assertThat(letters()).noneMatch(other -> other.eventId().equals(letter.eventId()));
    }

    @Test
    void what_one_version_cannot_read_another_one_can_after_a_redrive() {
        String strange = send("d", "v2 of d1");
        send("d", "d2");
        sendBytes("d", "no-json", "{\"text\":".getBytes(StandardCharsets.UTF_8));
        send(new ProducerRecord<>(topic, "d", "garbage".getBytes(StandardCharsets.UTF_8)));
        send("d", "d3");

        awaitWork("d", "d2", "d3");
        await().untilAsserted(() -> assertThat(letters())
                .filteredOn(letter -> letter.group().equals("workers"))
                .extracting(DeadLetter::reason)
                .anyMatch(reason -> reason.contains("what is v2?"))
                .anyMatch(reason -> reason.contains("no-json is no valid 'task.given.v1'"))
                .anyMatch(reason -> reason.contains("has no ce_id header")));
        TaskService.upgrade();
        int all = letters().size();
        assertThat(context.getBean(DeadLettersEndpoint.class).redriveAll().redriven())
                .isEqualTo(all);

        awaitWork("d", "d2", "d3", "v2 of d1");
        await().untilAsserted(() -> assertThat(letters())
                .extracting(DeadLetter::eventId)
                .contains("no-json")
                .doesNotContain(strange));
        await().untilAsserted(() -> assertThat(parkedKeys()).isZero());
        for (DeadLetter letter : letters()) {
            assertThat(http("DELETE", "/dead-letters/" + letter.id()).statusCode())
                    .isEqualTo(204);
        }
        assertThat(letters()).isEmpty();
        assertThat(http("GET", "/dead-letters?size=0").statusCode()).isEqualTo(400);
    }

    @Test
    void a_redelivery_parks_nothing_twice() throws Exception {
        POISONED.add("e1");
        send("e", "e1");
        send("e", "e2");
        awaitWork("e", "e2");
        waiting("e1");
        STUCK.add("f1");
        send("f", "f1");
        send("f", "f2");
        await().until(() -> jdbc.queryForObject("select count(*) from parked_event where lane = 'f'", Long.class) == 2);
        MessageListenerContainer container =
                context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("worker");
        container.stop();
        forgetCommits();
        container.start();
        send("g", "g1");

        awaitWork("g", "g1");
        STUCK.remove("f1");
        awaitWork("f", "f1", "f2");
        awaitWork("e", "e2");
        assertThat(letters())
                .filteredOn(letter -> letter.group().equals("workers") && "e".equals(letter.key()))
                .hasSize(1);
    }

    @Test
    void another_instance_goes_on_where_one_has_left() {
        STUCK.add("h1");
        try (ConfigurableApplicationContext other = TaskService.start(database, protocol)) {
            send("h", "h1");
            send("h", "h2");
            await().until(() ->
                    jdbc.queryForObject("select count(*) from parked_event where lane = 'h'", Long.class) == 2);
        }
        STUCK.remove("h1");
        send("h", "h3");

        awaitWork("h", "h1", "h2", "h3");
    }

    @Test
    void a_database_that_is_away_costs_nothing_of_the_budget() {
        send("i", "i0");
        awaitWork("i", "i0");
        TaskService.takeDatabaseAway();
        send("i", "i1");
        send("j", "j1");
        await().until(() -> TaskService.refused() > 2 * BUDGET);
        TaskService.bringDatabaseBack();

        awaitWork("i", "i0", "i1");
        awaitWork("j", "j1");
        assertThat(letters()).noneMatch(letter -> "i".equals(letter.key()) || "j".equals(letter.key()));
    }

    @Test
    void events_without_a_key_wait_for_nobody() {
        POISONED.add("nobody1");
        send(null, "nobody1");
        send(null, "nobody2");

        await().untilAsserted(() -> assertThat(jdbc.queryForList(
                        "select text from work where worker = 'worker' and lane is null", String.class))
                .containsExactly("nobody2"));
        POISONED.remove("nobody1");
        await().untilAsserted(() -> assertThat(jdbc.queryForList(
                        "select text from work where worker = 'worker' and lane is null order by id", String.class))
                .containsExactly("nobody2", "nobody1"));
    }

    private static HttpResponse<String> http(String method, String path) {
        String port = context.getEnvironment().getProperty("local.server.port");
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                    .header("Content-Type", "application/json")
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String send(String key, String text) {
        return sendBytes(
                key, UUID.randomUUID().toString(), ("{\"text\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private static String sendBytes(String key, String id, byte[] value) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, value);
        record.headers().add("ce_id", id.getBytes(StandardCharsets.UTF_8));
        record.headers().add("ce_type", "task.given.v1".getBytes(StandardCharsets.UTF_8));
        send(record);
        return id;
    }

    private static void send(ProducerRecord<String, byte[]> record) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer())) {
            producer.send(record).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> work(String worker, String key) {
        return jdbc.queryForList(
                "select text from work where worker = ? and lane = ? order by id", String.class, worker, key);
    }

    private static void awaitWork(String key, String... texts) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(work("worker", key)).containsExactly(texts));
    }

    private static long parkedKeys() {
        return jdbc.queryForObject("select count(*) from parked_key", Long.class);
    }

    private static double gauge(String name, String group) {
        return context.getBean(MeterRegistry.class)
                .get(name)
                .tag("group", group)
                .gauge()
                .value();
    }

    private static List<DeadLetter> letters() {
        return context.getBean(DeadLettersEndpoint.class).list(0, 500).deadLetters();
    }

    private static DeadLetter waiting(String text) {
        await().until(() ->
                letters().stream().anyMatch(letter -> letter.reason().endsWith("cannot do " + text)));
        return letters().stream()
                .filter(letter -> letter.reason().endsWith("cannot do " + text))
                .findFirst()
                .orElseThrow();
    }

    private static void forgetCommits() throws Exception {
        context.getBean(BrokerAdmin.class)
                .client()
                .alterConsumerGroupOffsets("workers", Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
                .all()
                .get();
    }

    private static ConsumerRecord<String, byte[]> deadRecord(String eventId) {
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic + "-dlt", 0);
            consumer.assign(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (eventId.equals(EventHeaders.read(record.headers(), "ce_id"))) {
                        return record;
                    }
                }
            }
            throw new AssertionError("no dead letter of " + eventId);
        }
    }
}
