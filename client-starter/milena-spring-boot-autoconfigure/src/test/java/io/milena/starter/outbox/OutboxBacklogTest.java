package io.milena.starter.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.testing.ProcessDatabase;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * A backlog, two relays as processes with little memory, and one of them killed. {@code -Dmilena.outbox.backlog=1000000} makes it a
 * backlog worth its name; docs/adr/0020-outbox.md has the figures.
 */
class OutboxBacklogTest {

    private static final int ROWS = Integer.getInteger("milena.outbox.backlog", 20_000);
    private static final int KEYS = Integer.getInteger("milena.outbox.backlog-keys", Math.max(100, ROWS / 100));
    private static final int PARTITIONS = 3;

    private final List<Process> relays = new ArrayList<>();

    @TempDir
    Path directory;

    @AfterEach
    void end() {
        relays.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @EnumSource
    void a_backlog_is_drained_in_order_by_two_relays_of_which_one_is_killed(TestDatabase.Kind kind) throws Exception {
        ProcessDatabase shared = ProcessDatabase.open(kind, directory);
        TestDatabase database = shared.address();
        String topic = "backlog-" + kind.name().toLowerCase(Locale.ROOT);
        try {
            JdbcTemplate jdbc = shared.jdbc();
            fill(jdbc, topic, kind == TestDatabase.Kind.H2 ? "system_range" : "generate_series");
            create(topic);
            long countNs = System.nanoTime();
            pending(jdbc);
            countNs = System.nanoTime() - countNs;

            long startNs = System.nanoTime();
            Process first = relay(database);
            await().atMost(Duration.ofSeconds(60)).until(() -> pending(jdbc) < ROWS);
            Process second = relay(database);
            await().atMost(Duration.ofMinutes(30)).until(() -> pending(jdbc) < ROWS * 2L / 3);
            first.destroyForcibly();
            await().atMost(Duration.ofMinutes(30))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> pending(jdbc) == 0);
            double seconds = (System.nanoTime() - startNs) / 1e9;

            assertThat(second.isAlive()).isTrue();
            assertThat(jdbc.queryForObject("select count(*) from outbox_sent", Long.class))
                    .isEqualTo(ROWS);
            int duplicates = readBack(topic);
            assertThat(duplicates).isLessThanOrEqualTo(Integer.getInteger("page", 500));
            System.out.printf(
                    "%s: %d rows of %d keys in %.1f s: %.0f rows/s; %d sent twice; count(*) of all %d ms; %s%n",
                    kind, ROWS, KEYS, seconds, ROWS / seconds, duplicates, countNs / 1_000_000, farewell(second));
        } finally {
            shared.close();
        }
    }

    private static void fill(JdbcTemplate jdbc, String topic, String numbers) {
        new ResourceDatabasePopulator(new ClassPathResource("io/milena/starter/schema.sql"))
                .execute(Objects.requireNonNull(jdbc.getDataSource()));
        jdbc.update(
                "insert into outbox_event (event_id, topic, record_key, event_type, source, occurred_at, headers, payload)"
                        + " select 'e' || x, ?, 'k' || mod(x, " + KEYS + "), 'counted.v1', 'test', current_timestamp,"
                        + " '{\"ce_correlationid\":\"c' || x || '\"}', '{\"number\":' || x || ',\"text\":\"' || repeat('x', 200)"
                        + " || '\"}' from " + numbers + "(1, " + ROWS + ") as n(x) order by x",
                topic);
    }

    private static void create(String topic) throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    private Process relay(TestDatabase database) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=" + System.getProperty("relay.tier", "1"),
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dpage=" + Integer.getInteger("page", 500),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        RelayProcess.class.getName(),
                        database.url(),
                        database.username(),
                        TestBroker.shared().bootstrapServers())
                .redirectError(new File("target/relay-" + relays.size() + ".log"))
                .start();
        relays.add(process);
        return process;
    }

    private static String farewell(Process relay) throws IOException, InterruptedException {
        relay.getOutputStream().close();
        String last = "";
        try (BufferedReader output = relay.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                last = line;
            }
        }
        assertThat(relay.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(relay.exitValue()).isZero();
        return last;
    }

    private static long pending(JdbcTemplate jdbc) {
        return jdbc.queryForObject("select count(*) from outbox_event", Long.class);
    }

    /** Every number once, the numbers of a key in order; what a kill has made the other relay send again does not count. */
    private static int readBack(String topic) {
        BitSet seen = new BitSet();
        int[] last = new int[KEYS];
        int duplicates = 0;
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    int number = number(record);
                    int key = Integer.parseInt(record.key().substring(1));
                    if (seen.get(number)) {
                        duplicates++;
                    } else {
                        assertThat(number).as("of key " + key).isGreaterThan(last[key]);
                        last[key] = number;
                        seen.set(number);
                    }
                }
            }
        }
        assertThat(seen.cardinality()).isEqualTo(ROWS);
        return duplicates;
    }

    private static int number(ConsumerRecord<String, byte[]> record) {
        String json = new String(record.value(), StandardCharsets.UTF_8);
        return Integer.parseInt(json.substring(10, json.indexOf(',')));
    }
}
