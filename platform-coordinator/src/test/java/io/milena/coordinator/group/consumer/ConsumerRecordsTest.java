package io.milena.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.core.GroupRecordSerde;
import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.RecordSerde;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordHelpers;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import org.apache.kafka.coordinator.group.modern.MemberState;
import org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroupMember;
import org.junit.jupiter.api.Test;

/** Apache Kafka 4.3.1's own classes say whether our bytes are theirs, and whether we keep what theirs say. */
class ConsumerRecordsTest {

    private static final Uuid TOPIC = new Uuid(1, 1);

    private final GroupCoordinatorRecordSerde kafka = new GroupCoordinatorRecordSerde();
    private final ConsumerReplay replay = new ConsumerReplay();

    private void assertSame(
            CoordinatorRecord ours, org.apache.kafka.coordinator.common.runtime.CoordinatorRecord theirs) {
        assertThat(RecordSerde.key(ours)).isEqualTo(kafka.serializeKey(theirs));
        assertThat(RecordSerde.value(ours)).isEqualTo(kafka.serializeValue(theirs));
    }

    private void load(org.apache.kafka.coordinator.common.runtime.CoordinatorRecord theirs) {
        replay.apply(GroupRecordSerde.read(
                ByteBuffer.wrap(kafka.serializeKey(theirs)), ByteBuffer.wrap(kafka.serializeValue(theirs))));
    }

    @Test
    void theGroupsOwnRecordsAreThoseOfKafka() {
        // given
        Partitions target = new Partitions();
        target.add(TOPIC, 2);
        target.add(TOPIC, 1);

        // then
        assertSame(
                ConsumerRecords.targetEpoch("g", 5, 7L),
                GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentMetadataRecord("g", 5, 7L));
        assertSame(
                ConsumerRecords.group("g", 5, 99L),
                GroupCoordinatorRecordHelpers.newConsumerGroupEpochRecord("g", 5, 99L));
        assertSame(
                ConsumerRecords.target("g", "m", target),
                GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentRecord(
                        "g", "m", Map.of(TOPIC, new TreeSet<>(Set.of(1, 2)))));
    }

    @Test
    void aMemberThatKafkaWroteIsWrittenAgainWithAllThatItSaid() {
        // given
        ConsumerGroupMember classic = new ConsumerGroupMember.Builder("m")
                .setInstanceId("instance")
                .setRackId("rack")
                .setClientId("client")
                .setClientHost("/127.0.0.1")
                .setRebalanceTimeoutMs(5_000)
                .setSubscribedTopicNames(List.of("orders", "payments"))
                .setSubscribedTopicRegex("pay.*")
                .setServerAssignorName("range")
                .setClassicMemberMetadata(new ClassicMemberMetadata()
                        .setSessionTimeoutMs(45_000)
                        .setSupportedProtocols(List.of(
                                new ClassicProtocol().setName("range").setMetadata(new byte[] {1, 2}),
                                new ClassicProtocol().setName("sticky").setMetadata(new byte[] {3}))))
                .setMemberEpoch(7)
                .setPreviousMemberEpoch(6)
                .setState(MemberState.UNREVOKED_PARTITIONS)
                .setAssignedPartitions(Map.of(TOPIC, new TreeMap<>(Map.of(0, 5, 3, 7))))
                .setPartitionsPendingRevocation(Map.of(TOPIC, Map.of(1, 4)))
                .build();
        var member = GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionRecord("g", classic);
        var progress = GroupCoordinatorRecordHelpers.newConsumerGroupCurrentAssignmentRecord("g", classic);

        // when
        load(member);
        load(progress);

        // then
        ConsumerMember ours = replay.groups.get("g").member("m");
        assertThat(ours.usesClassicProtocol()).isTrue();
        assertSame(ConsumerRecords.member("g", ours), member);
        assertSame(ConsumerRecords.place("g", ours), progress);
    }

    @Test
    void aMemberThatSaysNothingIsThatOfKafka() {
        // given
        ConsumerGroupMember silent = new ConsumerGroupMember.Builder("m")
                .setClientId("client")
                .setClientHost("/127.0.0.1")
                .setSubscribedTopicNames(List.of())
                .build();
        var member = GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionRecord("g", silent);
        var progress = GroupCoordinatorRecordHelpers.newConsumerGroupCurrentAssignmentRecord("g", silent);

        // when
        load(member);
        load(progress);

        // then
        ConsumerMember ours = replay.groups.get("g").member("m");
        assertThat(ours.usesClassicProtocol()).isFalse();
        assertSame(ConsumerRecords.member("g", ours), member);
        assertSame(ConsumerRecords.place("g", ours), progress);
    }
}
