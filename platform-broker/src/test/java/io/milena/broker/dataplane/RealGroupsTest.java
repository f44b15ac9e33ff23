package io.milena.broker.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.coordinator.group.GroupCoordinator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own consumers in groups, over sockets, with offsets in a real log. */
class RealGroupsTest {

    private static final int PARTITIONS = 6;

    @TempDir
    Path directory;

    private TestBroker broker;
    private final List<KafkaConsumer<byte[], byte[]>> consumers = new ArrayList<>();

    @BeforeEach
    void start() {
        broker = new TestBroker(directory);
        broker.topic("orders", PARTITIONS);
    }

    @AfterEach
    void stop() {
        consumers.forEach(c -> c.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO)));
        broker.close();
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group, Class<?> assignor) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", broker.bootstrap(),
                        "group.id", group,
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false",
                        "heartbeat.interval.ms", "100",
                        "session.timeout.ms", "6000",
                        "fetch.max.wait.ms", "100",
                        "partition.assignment.strategy", assignor.getName()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumers.add(consumer);
        return consumer;
    }

    private void produce(int count) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < count; i++) {
                producer.send(new ProducerRecord<>("orders", i % PARTITIONS, null, ("v" + i).getBytes()));
            }
        }
    }

    private Set<String> pollUntil(int count, List<KafkaConsumer<byte[], byte[]>> all) {
        Set<String> values = new HashSet<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            for (KafkaConsumer<byte[], byte[]> consumer : all) {
                consumer.poll(Duration.ofMillis(20)).forEach(r -> values.add(new String(r.value())));
            }
            return values.size() >= count;
        });
        return values;
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RangeAssignor.class,
                RoundRobinAssignor.class,
                StickyAssignor.class,
                CooperativeStickyAssignor.class
            })
    void membersShareThePartitions(Class<?> assignor) {
        KafkaConsumer<byte[], byte[]> first = consumer("shared", assignor);
        KafkaConsumer<byte[], byte[]> second = consumer("shared", assignor);
        first.subscribe(List.of("orders"));
        second.subscribe(List.of("orders"));
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            first.poll(Duration.ofMillis(20));
            second.poll(Duration.ofMillis(20));
            return first.assignment().size() == 3 && second.assignment().size() == 3;
        });
        produce(600);
        assertThat(pollUntil(600, List.of(first, second))).hasSize(600);
        second.close();
        consumers.remove(second);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            first.poll(Duration.ofMillis(20));
            return first.assignment().size() == PARTITIONS;
        });
    }

    @Test
    void aGroupGoesOnWhereItCommitted() {
        produce(60);
        KafkaConsumer<byte[], byte[]> first = consumer("resume", RangeAssignor.class);
        first.subscribe(List.of("orders"));
        pollUntil(60, List.of(first));
        first.commitSync();
        first.close();
        consumers.remove(first);

        // As after a restart: the coordinator reads its partitions again.
        for (int i = 0; i < 4; i++) {
            broker.groups().onResignation(i, 0);
            broker.groups().onElection(i, 0);
        }
        produce(6);
        KafkaConsumer<byte[], byte[]> second = consumer("resume", RangeAssignor.class);
        second.subscribe(List.of("orders"));
        assertThat(pollUntil(6, List.of(second))).hasSize(6);
    }

    private KafkaConsumer<byte[], byte[]> modernConsumer(String group, String assignor) {
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", broker.bootstrap(),
                        "group.id", group,
                        "group.protocol", "consumer",
                        "group.remote.assignor", assignor,
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false",
                        "fetch.max.wait.ms", "100"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumers.add(consumer);
        return consumer;
    }

    @ParameterizedTest
    @ValueSource(classes = {RangeAssignor.class, CooperativeStickyAssignor.class})
    void consumersOfBothProtocolsShareAGroup(Class<?> assignor) {
        // given
        KafkaConsumer<byte[], byte[]> classic = consumer("mixed", assignor);
        classic.subscribe(List.of("orders"));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            classic.poll(Duration.ofMillis(20));
            return classic.assignment().size() == PARTITIONS;
        });

        // when
        KafkaConsumer<byte[], byte[]> modern = modernConsumer("mixed", "uniform");
        modern.subscribe(List.of("orders"));

        // then
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            classic.poll(Duration.ofMillis(20));
            modern.poll(Duration.ofMillis(20));
            return classic.assignment().size() == 3 && modern.assignment().size() == 3;
        });
        produce(600);
        assertThat(pollUntil(600, List.of(classic, modern))).hasSize(600);
        classic.commitSync();
        modern.commitSync();
        modern.close();
        consumers.remove(modern);
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            classic.poll(Duration.ofMillis(20));
            return classic.assignment().size() == PARTITIONS;
        });
        assertThat(broker.groups().groups().join())
                .filteredOn(group -> group.groupId().equals("mixed"))
                .extracting(group -> group.type())
                .containsExactly("classic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniform", "range"})
    void membersOfAModernGroupShareThePartitions(String assignor) throws Exception {
        KafkaConsumer<byte[], byte[]> first = modernConsumer("modern", assignor);
        first.subscribe(List.of("orders"));
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            first.poll(Duration.ofMillis(20));
            return first.assignment().size() == PARTITIONS;
        });
        KafkaConsumer<byte[], byte[]> second = modernConsumer("modern", assignor);
        second.subscribe(new SubscriptionPattern("ord.*"));
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            first.poll(Duration.ofMillis(20));
            second.poll(Duration.ofMillis(20));
            return first.assignment().size() == 3 && second.assignment().size() == 3;
        });
        produce(600);
        assertThat(pollUntil(600, List.of(first, second))).hasSize(600);
        first.commitSync();
        second.commitSync();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of("modern"))
                    .describedGroups()
                    .get("modern")
                    .get();
            assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.members()).hasSize(2);
            assertThat(admin.listConsumerGroupOffsets("modern")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .values())
                    .hasSize(PARTITIONS)
                    .allMatch(o -> o.offset() == 100);
        }
        second.close();
        consumers.remove(second);
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            first.poll(Duration.ofMillis(20));
            return first.assignment().size() == PARTITIONS;
        });
        // As after a restart: members, targets and offsets come back from the log.
        for (int i = 0; i < 4; i++) {
            broker.groups().onResignation(i, 0);
            broker.groups().onElection(i, 0);
        }
        produce(60);
        assertThat(pollUntil(60, List.of(first))).hasSize(60);
    }

    @Test
    void administratorsSeeAndChangeGroups() throws Exception {
        produce(60);
        KafkaConsumer<byte[], byte[]> member = consumer("admin", RangeAssignor.class);
        member.subscribe(List.of("orders"));
        pollUntil(60, List.of(member));
        member.commitSync();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            ConsumerGroupDescription group = admin.describeConsumerGroups(List.of("admin"))
                    .describedGroups()
                    .get("admin")
                    .get();
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("range");
            assertThat(group.members()).hasSize(1);
            assertThat(group.members().iterator().next().assignment().topicPartitions())
                    .hasSize(PARTITIONS);
            assertThat(admin.listGroups().all().get())
                    .extracting(g -> g.groupId())
                    .contains("admin");
            assertThat(offsets(admin).values()).allMatch(o -> o.offset() == 10).hasSize(PARTITIONS);
            assertThatThrownBy(() ->
                            admin.deleteConsumerGroups(List.of("admin")).all().get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(GroupNotEmptyException.class);

            member.close();
            consumers.remove(member);
            admin.alterConsumerGroupOffsets("admin", Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(3)))
                    .all()
                    .get();
            assertThat(offsets(admin)).containsEntry(new TopicPartition("orders", 0), new OffsetAndMetadata(3));
            admin.deleteConsumerGroupOffsets("admin", Set.of(new TopicPartition("orders", 1)))
                    .all()
                    .get();
            assertThat(offsets(admin)).hasSize(PARTITIONS - 1);
            admin.deleteConsumerGroups(List.of("admin")).all().get();
            assertThat(admin.listGroups().all().get()).isEmpty();
        }
        assertThat(broker.groups().groups().join()).isEmpty();
        assertThat(GroupCoordinator.OFFSETS_TOPIC).isEqualTo("__consumer_offsets");
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(Admin admin) throws Exception {
        ListConsumerGroupOffsetsResult result = admin.listConsumerGroupOffsets("admin");
        return new HashMap<>(result.partitionsToOffsetAndMetadata().get());
    }
}
