package io.milena.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.log.AppendOrigin;
import io.milena.log.LogDirectories;
import io.milena.log.LogDirectory;
import io.milena.log.LogEnvironment;
import io.milena.metadata.LoadManifest;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.PartitionRecord;
import io.milena.records.metadata.RegisterBrokerRecord;
import io.milena.records.metadata.RemoveTopicRecord;
import io.milena.records.metadata.TopicRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFollowerTest {
    private static final int SELF = 1;
    private static final Uuid INCARNATION = new Uuid(3, 3);
    private static final Uuid FIRST_DIR = new Uuid(8, 1);
    private static final Uuid SECOND_DIR = new Uuid(8, 2);
    private static final Uuid ORDERS = new Uuid(9, 1);

    @TempDir
    Path root;

    private final List<String> elections = new ArrayList<>();
    private final List<TopicIdPartition> assigned = new ArrayList<>();
    private MetadataImage image = MetadataImage.EMPTY;
    private MetadataDelta lastDelta = new MetadataDelta(MetadataImage.EMPTY);
    private long offset;
    private LogDirectories directories;
    private PartitionRegistry registry;
    private ImageFollower follower;

    @BeforeEach
    void start() throws Exception {
        open();
    }

    private void open() throws Exception {
        TopicSettings settings = new TopicSettings(topic -> image.configs().ofTopic(topic), 86_400_000L);
        directories = LogDirectories.open(
                List.of(
                        new LogDirectory(Files.createDirectories(root.resolve("a")), FIRST_DIR),
                        new LogDirectory(Files.createDirectories(root.resolve("b")), SECOND_DIR)),
                settings::logConfigOf,
                LogEnvironment.standalone(),
                1);
        registry = new PartitionRegistry(
                SELF,
                directories,
                settings,
                new TopicMeters(),
                (partition, directory) -> assigned.add(partition),
                InstantSource.system());
        registry.addListener(new LeadershipListener() {
            @Override
            public void onElected(Partition partition, int epoch) {
                elections.add("+" + partition.topicPartition() + "@" + epoch);
            }

            @Override
            public void onResigned(Partition partition, int epoch) {
                elections.add("-" + partition.topicPartition() + "@" + epoch);
            }
        });
        follower = new ImageFollower(registry, INCARNATION);
    }

    @AfterEach
    void stop() {
        directories.close(1);
    }

    @Test
    void theHistoryBeforeTheOwnRegistrationTouchesNothing() {
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0));
        assertThat(registry.find("orders", 0)).isNull();

        publish(registration(INCARNATION));

        assertThat(registry.find("orders", 0)).isNotNull();
        assertThat(registry.find(ORDERS, 0)).isSameAs(registry.find("orders", 0));
        assertThat(elections).containsExactly("+orders-0@0");
    }

    @Test
    void aNewTopicIsHostedWithItsPlaceReported() {
        publish(registration(INCARNATION));
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0), partition(ORDERS, 1, 2, 0));

        assertThat(registry.find("orders", 0).isLeader()).isTrue();
        assertThat(registry.find("orders", 1)).as("hosted by broker 2 alone").isNull();
        assertThat(assigned).extracting(TopicIdPartition::topicId).containsExactly(ORDERS);
    }

    @Test
    void aRoleThatAListenerCannotTakeIsToldAgainAndKeepsNoOtherPartitionWaiting() {
        // given a listener that cannot take the first partition's role
        List<String> roles = new ArrayList<>();
        Set<Integer> refused = new HashSet<>(Set.of(0));
        registry.addRoleListener(partition -> {
            if (refused.contains(partition.index())) {
                throw new IllegalStateException("the key store is being replaced");
            }
            roles.add(partition.toString());
        });
        publish(registration(INCARNATION));

        // when a topic of three partitions comes
        assertThatThrownBy(() -> publish(
                        topic("orders", ORDERS),
                        partition(ORDERS, 0, SELF, 0),
                        partition(ORDERS, 1, SELF, 0),
                        partition(ORDERS, 2, SELF, 0)))
                .isInstanceOf(IllegalStateException.class)
                .hasStackTraceContaining("the key store is being replaced");

        // then the others are followed
        assertThat(roles).hasSize(2);
        assertThat(registry.find("orders", 0).isLeader()).isTrue();
        assertThat(follower.followedOffset()).isLessThan(offset - 1);

        // when it can, and the same is published again
        refused.clear();
        publishAgain();

        // then it is told what it missed, and the rest not twice
        assertThat(roles).hasSize(3);
        assertThat(follower.followedOffset()).isEqualTo(image.provenance().offset());
    }

    @Test
    void theImagesDirectoryIsTaken() {
        publish(registration(INCARNATION));
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0).setDirectories(List.of(SECOND_DIR)));

        registry.find("orders", 0).log().logEndOffset();
        assertThat(directories.directoryOf(registry.find("orders", 0).topicPartition()))
                .hasValueSatisfying(directory -> assertThat(directory.id()).isEqualTo(SECOND_DIR));
        assertThat(assigned).isEmpty();
    }

    @Test
    void leadershipMovesAwayAndBack() {
        publish(registration(INCARNATION));
        publish(
                topic("orders", ORDERS),
                partition(ORDERS, 0, SELF, 0)
                        .setReplicas(List.of(1, 2))
                        .setIsr(List.of(1, 2))
                        .setDirectories(List.of(FIRST_DIR, Uuid.ZERO_UUID)));
        publish(change(0).setLeader(2));
        Partition partition = registry.find("orders", 0);
        assertThat(partition.check(-1, true)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        publish(change(0).setLeader(1));
        assertThat(partition.check(2, true)).isEqualTo(Errors.NONE);
        assertThat(elections).containsExactly("+orders-0@0", "-orders-0@0", "+orders-0@2");
    }

    @Test
    void aDeletedTopicLeavesAndItsDirectoryGoes() throws Exception {
        publish(registration(INCARNATION));
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0));
        Partition partition = registry.find("orders", 0);
        append(partition);

        publish(new RemoveTopicRecord().setTopicId(ORDERS));

        assertThat(registry.find("orders", 0)).isNull();
        assertThat(registry.find(ORDERS, 0)).isNull();
        assertThat(partition.check(-1, false)).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(elections).endsWith("-orders-0@0");
        assertThat(directoriesNamed("orders-0")).isEmpty();
    }

    @Test
    void aTopicCreatedAnewWhileThisBrokerWasAwayStartsEmpty() throws Exception {
        publish(registration(INCARNATION));
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0));
        append(registry.find("orders", 0));
        directories.close(1);

        Uuid anew = new Uuid(9, 2);
        image = MetadataImage.EMPTY;
        open();
        publish(topic("orders", anew), partition(anew, 0, SELF, 0), registration(INCARNATION));

        assertThat(registry.find("orders", 0).log().logEndOffset()).isZero();
        assertThat(registry.find("orders", 0).topicId()).isEqualTo(anew);
    }

    @Test
    void whatTheImageDoesNotPlaceHereIsSetAside() throws Exception {
        publish(registration(INCARNATION));
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0));
        append(registry.find("orders", 0));
        directories.close(1);

        image = MetadataImage.EMPTY;
        open();
        publish(registration(INCARNATION));

        assertThat(directoriesNamed("orders-0"))
                .allMatch(name -> name.endsWith("-stray"))
                .hasSize(1);
    }

    @Test
    void recordsAndHighWatermarkOutliveARestart() throws Exception {
        publish(registration(INCARNATION));
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0));
        append(registry.find("orders", 0));
        directories.close(1);

        MetadataImage before = image;
        open();
        assertThat(directories.previousBrokerEpoch()).isEqualTo(1);
        MetadataDelta whole = new MetadataDelta(MetadataImage.EMPTY);
        before.write(whole::replay);
        publish(whole, before);

        assertThat(registry.find("orders", 0).log().highWatermark()).isEqualTo(1);
        assertThat(registry.find("orders", 0).log().logEndOffset()).isEqualTo(1);
    }

    @Test
    void aChangeOfConfigurationReachesTheLog() {
        publish(registration(INCARNATION));
        publish(topic("orders", ORDERS), partition(ORDERS, 0, SELF, 0));
        Partition partition = registry.find("orders", 0);
        assertThat(partition.log().config().retention().ms()).isEqualTo(7 * 86_400_000L);

        publish(new ConfigRecord()
                .setResourceType(ConfigResource.Type.TOPIC.id())
                .setResourceName("orders")
                .setName("retention.ms")
                .setValue("1000"));

        assertThat(partition.log().config().retention().ms()).isEqualTo(1000);
    }

    /** What the disk costs comes later, in portions: the metadata thread must not wait for a thousand directories. */
    @Test
    void aThousandNewPartitionsAreLedBeforeAnyDirectoryOfTheirsIsMade() throws IOException {
        // given
        publish(registration(INCARNATION));
        List<ApiMessage> records = new ArrayList<>(List.of(topic("orders", ORDERS)));
        for (int i = 0; i < 1_000; i++) {
            records.add(partition(ORDERS, i, SELF, 0));
        }

        // when
        publish(records.toArray(ApiMessage[]::new));

        // then
        assertThat(registry.count(Partition::isLeader)).isEqualTo(1_000);
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(each -> each.getFileName().toString().startsWith("orders-")))
                    .isEmpty();
        }
    }

    private void publish(ApiMessage... records) {
        MetadataDelta delta = new MetadataDelta(image);
        for (ApiMessage record : records) {
            delta.replay(new VersionedRecord(record, record.highestSupportedVersion()));
        }
        publish(delta, delta.apply(new MetadataProvenance(offset++, 0, 0)));
    }

    private void publishAgain() {
        publish(lastDelta, image);
    }

    private void publish(MetadataDelta delta, MetadataImage next) {
        image = next;
        lastDelta = delta;
        follower.publish(delta, next, new LoadManifest(next.provenance(), false, 1, 0, 0));
    }

    private static void append(Partition partition) {
        partition.append(
                MemoryRecords.withRecords(
                        Compression.NONE, new SimpleRecord(System.currentTimeMillis(), "a".getBytes())),
                true,
                AppendOrigin.CLIENT);
    }

    private List<String> directoriesNamed(String prefix) throws Exception {
        List<String> names = new ArrayList<>();
        for (String dir : List.of("a", "b")) {
            try (Stream<Path> entries = Files.list(root.resolve(dir))) {
                entries.map(path -> path.getFileName().toString())
                        .filter(name -> name.startsWith(prefix))
                        .forEach(names::add);
            }
        }
        return names;
    }

    private static RegisterBrokerRecord registration(Uuid incarnation) {
        return new RegisterBrokerRecord()
                .setBrokerId(SELF)
                .setIncarnationId(incarnation)
                .setBrokerEpoch(1)
                .setFenced(false)
                .setLogDirs(List.of(FIRST_DIR, SECOND_DIR));
    }

    private static TopicRecord topic(String name, Uuid id) {
        return new TopicRecord().setName(name).setTopicId(id);
    }

    private static PartitionRecord partition(Uuid topic, int index, int broker, int epoch) {
        return new PartitionRecord()
                .setTopicId(topic)
                .setPartitionId(index)
                .setReplicas(List.of(broker))
                .setIsr(List.of(broker))
                .setLeader(broker)
                .setLeaderEpoch(epoch)
                .setDirectories(List.of(Uuid.ZERO_UUID));
    }

    private static PartitionChangeRecord change(int index) {
        return new PartitionChangeRecord().setTopicId(ORDERS).setPartitionId(index);
    }
}
