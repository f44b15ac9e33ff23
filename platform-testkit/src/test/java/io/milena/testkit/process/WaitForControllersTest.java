package io.milena.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that starts while no controller answers waits, and leaves its logs alone until it knows the topics. */
@Timeout(180)
class WaitForControllersTest {
    private static final TopicPartition EVENTS = new TopicPartition("events", 0);
    private static final int RECORDS = 100;
    private static final Duration STOP = Duration.ofSeconds(60);

    private ProcessCluster cluster;
    private NodeProcess controller;
    private NodeProcess broker;

    /** A broker that was shut down cleanly, and a controller that is away. */
    @BeforeEach
    void leaveOnlyTheLogs(@TempDir Path directory) throws Exception {
        cluster = ProcessCluster.in(directory).controllers(1).brokers(1).create();
        controller = cluster.node(1);
        broker = cluster.node(2);
        cluster.start();
        try (Admin admin = cluster.admin(30_000)) {
            admin.createTopics(List.of(new NewTopic(EVENTS.topic(), 1, (short) 1)))
                    .all()
                    .get(60, TimeUnit.SECONDS);
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                new HashMap<>(Map.of("bootstrap.servers", cluster.bootstrapServers())),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(EVENTS.topic(), new byte[100]));
            }
        }
        broker.stop(STOP);
        controller.kill();
        assertThat(wasShutDownCleanly()).isTrue();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void itServesWhenTheControllerIsBack() throws Exception {
        // given
        startBrokerThatWaits();

        // when
        controller.start();
        cluster.awaitServing();

        // then
        assertThat(endOffset()).isEqualTo(RECORDS);
        assertThat(wasShutDownCleanly()).as("while it runs").isFalse();
    }

    @Test
    void stoppedMeanwhileItEndsAtOnceAndItsLogsAreAsCleanAsTheyWere() throws Exception {
        // given
        startBrokerThatWaits();

        // when
        broker.stop(STOP);

        // then
        assertThat(wasShutDownCleanly()).isTrue();
        broker.start();
        controller.start();
        cluster.awaitServing();
        assertThat(endOffset()).isEqualTo(RECORDS);
    }

    @Test
    void killedMeanwhileItHasNothingToRecover() throws Exception {
        // given
        startBrokerThatWaits();

        // when
        broker.kill();

        // then
        assertThat(wasShutDownCleanly()).isTrue();
        broker.start();
        controller.start();
        cluster.awaitServing();
        assertThat(endOffset()).isEqualTo(RECORDS);
        assertThat(broker.logTail(1_000)).doesNotContain("after an unclean shutdown");
    }

    /** Its listeners are bound when the log directories have been entered. */
    private void startBrokerThatWaits() {
        broker.start();
        while (!broker.accepts()) {
            assertThat(broker.isRunning()).isTrue();
            Await.pause(20);
        }
        assertThat(wasShutDownCleanly()).as("while it waits").isTrue();
    }

    private boolean wasShutDownCleanly() {
        return Files.exists(broker.data().resolve(".kafka_cleanshutdown"));
    }

    private long endOffset() throws Exception {
        try (Admin admin = cluster.admin(30_000)) {
            return admin.listOffsets(Map.of(EVENTS, OffsetSpec.latest()))
                    .partitionResult(EVENTS)
                    .get(60, TimeUnit.SECONDS)
                    .offset();
        }
    }
}
