package io.milena.controller;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.milena.controller.core.Cluster;
import io.milena.controller.core.ClusterState;
import io.milena.controller.core.TopicState;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.records.MetadataRecordSerde;
import io.milena.records.VersionedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ControllerRegistrationRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Whatever anybody sends to a controller: it is answered, the controller goes on, and what it commits can be replayed by every node, ours
 * and Apache Kafka's, from the log and from a snapshot.
 */
class AbsurdRequestsTest {
    private static final int REQUESTS = Integer.getInteger("milena.absurd.requests", 700);

    private final ControllerHarness harness = new ControllerHarness();
    private final MemoryLog log = harness.log();

    private static List<Integer> seeds() {
        return IntStream.rangeClosed(1, Integer.getInteger("milena.absurd.seeds", 4))
                .boxed()
                .toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsCommittedCanBeReplayedWhateverIsAsked(int seed) {
        // given
        harness.start(seed);
        ListAppender<ILoggingEvent> events = new ListAppender<>();
        events.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.milena");
        logger.addAppender(events);
        Random random = new Random(seed);
        RandomMessages messages = new RandomMessages(random, this::words, this::numbers, this::ids);
        List<ApiKeys> apis = harness.apis().stream().sorted().toList();

        // when
        for (int i = 0; i < REQUESTS; i++) {
            ApiKeys api = apis.get(random.nextInt(apis.size()));
            short version =
                    (short) (api.oldestVersion() + random.nextInt(api.latestVersion(true) - api.oldestVersion() + 1));
            ApiMessage request = messages.request(api, version);
            if (request != null) {
                harness.ask(api, version, request);
                harness.clock().addAndGet(random.nextInt(20));
            }
        }

        // then
        logger.detachAppender(events);
        assertThat(events.list)
                .as("what senders get wrong is no fault of the controller's")
                .noneMatch(event -> event.getThrowableProxy() != null || event.getLevel() == Level.ERROR);
        assertThat(log.leaderEpoch())
                .as("epochs that the controller had to begin")
                .isEqualTo(1);
        replayAll();
    }

    @Test
    void aRegistrationWithARangeTheWrongWayRoundIsRefused() {
        // given
        harness.start(1);
        ControllerRegistrationRequestData request = new ControllerRegistrationRequestData().setControllerId(5);
        request.features()
                .add(new ControllerRegistrationRequestData.Feature()
                        .setName("x")
                        .setMinSupportedVersion((short) 5)
                        .setMaxSupportedVersion((short) 1));
        long end = log.end();

        // when
        Throwable error = (Throwable) harness.ask(ApiKeys.CONTROLLER_REGISTRATION, (short) 0, request);

        // then
        assertThat(Errors.forException(error)).isEqualTo(Errors.INVALID_REGISTRATION);
        assertThat(log.end()).isEqualTo(end);
    }

    private List<String> words() {
        List<String> words = new ArrayList<>(List.of(
                "t",
                "t.1",
                "t_1",
                "u",
                "1",
                "2",
                "3",
                "-1",
                "user",
                "client-id",
                "ip",
                "127.0.0.1",
                "PLAINTEXT",
                "retention.ms",
                "cleanup.policy",
                "compact",
                "min.insync.replicas",
                "segment.bytes",
                "metadata.version",
                "kraft.version",
                "log.retention.ms",
                "interval.ms",
                "match",
                "consumer.session.timeout.ms",
                "producer_byte_rate",
                "eligible.leader.replicas.version",
                "group.version",
                "leader.replication.throttled.replicas",
                Cluster.ID,
                "true",
                "9223372036854775807",
                "listener.name.x.ssl.keystore.location"));
        harness.state().topics().all().forEach(each -> words.add(each.name()));
        return words;
    }

    private List<Long> numbers() {
        List<Long> numbers = new ArrayList<>(List.of(0L, 1L, 2L, 3L, 1_000L, log.end()));
        harness.state()
                .brokers()
                .all()
                .forEach(each -> numbers.addAll(List.of((long) each.id(), each.epoch(), each.epoch())));
        for (TopicState topic : harness.state().topics().all()) {
            numbers.add((long) topic.partitionCount());
        }
        return numbers;
    }

    private List<Uuid> ids() {
        List<Uuid> ids = new ArrayList<>();
        harness.state().topics().all().forEach(each -> ids.add(each.id()));
        harness.state().brokers().all().forEach(each -> {
            ids.add(each.incarnationId());
            ids.addAll(each.directories());
        });
        return ids;
    }

    /** As every node does at its start. */
    private void replayAll() {
        ClusterState standby = new ClusterState();
        MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
        var kafkas = new org.apache.kafka.image.MetadataDelta.Builder()
                .setImage(org.apache.kafka.image.MetadataImage.EMPTY)
                .build();
        long offset = 0;
        for (VersionedRecord record : log.records()) {
            ByteBuffer bytes = MetadataRecordSerde.write(record);
            standby.replay(record, offset++);
            delta.replay(record);
            kafkas.replay(org.apache.kafka.metadata.MetadataRecordSerde.INSTANCE
                    .read(new ByteBufferAccessor(bytes.duplicate()), bytes.remaining())
                    .message());
        }
        MetadataProvenance end = new MetadataProvenance(offset, 1, 0);
        MetadataImage image = delta.apply(end);
        MetadataDelta fromSnapshot = new MetadataDelta(MetadataImage.EMPTY);
        image.write(fromSnapshot::replay);
        assertThat(fromSnapshot.apply(end).sameContents(image)).isTrue();
        kafkas.apply(new org.apache.kafka.image.MetadataProvenance(offset, 1, 0, true));
        assertThat(image.topics().size()).isEqualTo(standby.topics().all().size());
        assertThat(image.cluster().brokers()).hasSameSizeAs(standby.brokers().all());
    }
}
