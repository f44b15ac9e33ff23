package io.milena.coordinator.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.RecordSerde;
import io.milena.coordinator.runtime.Turn;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordHelpers;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.OffsetAndMetadata;
import org.apache.kafka.coordinator.group.classic.ClassicGroupMember;
import org.apache.kafka.coordinator.group.classic.ClassicGroupState;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka 4.3.1's own classes say whether our bytes are theirs. */
class GroupRecordOracleTest {

    private final GroupCoordinatorRecordSerde kafka = new GroupCoordinatorRecordSerde();

    private void assertSameBytes(
            CoordinatorRecord ours, org.apache.kafka.coordinator.common.runtime.CoordinatorRecord theirs) {
        assertThat(RecordSerde.key(ours)).isEqualTo(kafka.serializeKey(theirs));
        assertThat(RecordSerde.value(ours)).isEqualTo(kafka.serializeValue(theirs));
    }

    @Test
    void offsetsAreWrittenAsKafkaWritesThem() {
        TopicPartition partition = new TopicPartition("orders", 3);
        Uuid topicId = Uuid.randomUuid();
        assertSameBytes(
                GroupRecords.offset("g", partition, new CommittedOffset(42, 7, "meta", 1_000, -1, topicId, -1)),
                GroupCoordinatorRecordHelpers.newOffsetCommitRecord(
                        "g",
                        "orders",
                        3,
                        new OffsetAndMetadata(42, OptionalInt.of(7), "meta", 1_000, OptionalLong.empty(), topicId)));
        assertSameBytes(
                GroupRecords.offset("g", partition, new CommittedOffset(42, -1, "", 1_000, 2_000, Uuid.ZERO_UUID, -1)),
                GroupCoordinatorRecordHelpers.newOffsetCommitRecord(
                        "g",
                        "orders",
                        3,
                        new OffsetAndMetadata(
                                42, OptionalInt.empty(), "", 1_000, OptionalLong.of(2_000), Uuid.ZERO_UUID)));
        assertSameBytes(
                GroupRecords.offsetTombstone("g", partition),
                GroupCoordinatorRecordHelpers.newOffsetCommitTombstoneRecord("g", "orders", 3));
    }

    @Test
    void groupsAreWrittenAsKafkaWritesThem() {
        ShardWorld world = new ShardWorld();
        JoinGroupResponseData joined = world.stableGroup("g");
        CoordinatorRecord ours = world.log.get(world.log.size() - 1).record();

        var group = new org.apache.kafka.coordinator.group.classic.ClassicGroup(
                new LogContext(),
                "g",
                ClassicGroupState.STABLE,
                Time.SYSTEM,
                1,
                Optional.of("consumer"),
                Optional.of("range"),
                Optional.of(joined.memberId()),
                Optional.of(world.wallClockMs));
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(ShardWorld.subscription("orders")));
        group.add(new ClassicGroupMember(
                joined.memberId(),
                Optional.empty(),
                "client",
                "/127.0.0.1",
                ShardWorld.REBALANCE_MS,
                ShardWorld.SESSION_MS,
                "consumer",
                protocols));
        assertSameBytes(
                ours,
                GroupCoordinatorRecordHelpers.newGroupMetadataRecord(
                        group, Map.of(joined.memberId(), "all".getBytes())));
        assertSameBytes(
                GroupRecords.groupTombstone("g"), GroupCoordinatorRecordHelpers.newGroupMetadataTombstoneRecord("g"));
    }

    @Test
    void recordsOfKindsWeOnlyRememberAreReadWithoutHarm() {
        GroupShard shard = new GroupShard(GroupConfig.defaults(), prefix -> prefix);
        List<org.apache.kafka.coordinator.common.runtime.CoordinatorRecord> theirs = List.of(
                GroupCoordinatorRecordHelpers.newConsumerGroupEpochRecord("modern", 3, 9L),
                GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentMetadataRecord("modern", 3, 9L),
                GroupCoordinatorRecordHelpers.newShareGroupEpochRecord("share", 3, 9L),
                GroupCoordinatorRecordHelpers.newShareGroupEpochTombstoneRecord("share"));
        for (org.apache.kafka.coordinator.common.runtime.CoordinatorRecord record : theirs) {
            byte[] value = kafka.serializeValue(record);
            CoordinatorRecord read = GroupRecordSerde.read(
                    ByteBuffer.wrap(kafka.serializeKey(record)), value == null ? null : ByteBuffer.wrap(value));
            assertThat(read).isNotNull();
            shard.replay(read, 0, -1);
        }
        shard.loaded(new Turn(0, 0));
        assertThat(shard.groupCount()).isZero();
        assertThat(GroupRecordSerde.read(ByteBuffer.wrap(new byte[] {0, 99, 1}), null))
                .isNull();
    }

    @Test
    void kafkasDumpToolReadsThem(@TempDir Path directory) throws Exception {
        ShardWorld world = new ShardWorld();
        JoinGroupResponseData joined = world.stableGroup("a-group");
        world.commit("a-group", joined.memberId(), 1, "orders", 4711);
        world.leave("a-group", joined.memberId());
        world.delete("a-group");

        Path segment = directory.resolve("__consumer_offsets-0").resolve("00000000000000000000.log");
        Files.createDirectories(segment.getParent());
        MemoryRecordsBuilder builder =
                MemoryRecords.builder(ByteBuffer.allocate(10_000), Compression.NONE, TimestampType.CREATE_TIME, 0L);
        world.log.forEach(
                logged -> builder.append(0L, RecordSerde.key(logged.record()), RecordSerde.value(logged.record())));
        ByteBuffer bytes = builder.build().buffer();
        byte[] content = new byte[bytes.remaining()];
        bytes.get(content);
        Files.write(segment, content);

        String dump = dump("--offsets-decoder", "--deep-iteration", "--files", segment.toString());
        assertThat(dump)
                .contains("a-group", "4711", "\"generation\":1", "\"topic\":\"orders\"", "range", joined.memberId())
                .doesNotContain("invalid")
                .doesNotContain("Error");
        assertThat(world.log).hasSize(5);
    }

    private static String dump(String... args) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream captured = new ByteArrayOutputStream();
        System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
        try {
            DumpLogSegments.main(args);
        } finally {
            System.setOut(out);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }
}
