package io.milena.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.consumer.ConsumerMember.Profile;
import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.ShardContext;
import io.milena.coordinator.runtime.TimerQueue;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.group.api.assignor.ConsumerGroupPartitionAssignor;
import org.apache.kafka.coordinator.group.api.assignor.GroupAssignment;
import org.apache.kafka.coordinator.group.api.assignor.GroupSpec;
import org.apache.kafka.coordinator.group.api.assignor.MemberAssignment;
import org.apache.kafka.coordinator.group.api.assignor.PartitionAssignorException;
import org.apache.kafka.coordinator.group.api.assignor.SubscribedTopicDescriber;
import org.junit.jupiter.api.Test;

/** group.consumer.assignors: which are there, which is the default, and those of the operator's own. */
class AssignorsTest {

    private static final Uuid TOPIC = new Uuid(1, 1);

    /** Gives each member the partitions that are in its own rack. */
    public static final class ByRack implements ConsumerGroupPartitionAssignor, Configurable {
        private String wrongRack = "";

        @Override
        public void configure(Map<String, ?> configs) {
            wrongRack = String.valueOf(configs.get("wrong.rack"));
        }

        @Override
        public String name() {
            return "by-rack";
        }

        @Override
        public GroupAssignment assign(GroupSpec group, SubscribedTopicDescriber topics) {
            Map<String, MemberAssignment> assigned = new HashMap<>();
            for (String memberId : group.memberIds()) {
                String rack = group.memberSubscription(memberId).rackId().orElseThrow();
                if (rack.equals(wrongRack)) {
                    throw new PartitionAssignorException("no such rack");
                }
                Set<Integer> partitions = new TreeSet<>();
                for (int p = 0; p < topics.numPartitions(TOPIC); p++) {
                    if (topics.racksForPartition(TOPIC, p).contains(rack)) {
                        partitions.add(p);
                    }
                }
                Map<Uuid, Set<Integer>> given = Map.of(TOPIC, partitions);
                assigned.put(memberId, () -> given);
            }
            return new GroupAssignment(assigned);
        }
    }

    /** Even partitions in rack 0, odd ones in rack 1. */
    private static final class RackedTopics implements TopicsView {
        private final TestTopics topics = new TestTopics(1).with("orders", TOPIC, 4);

        @Override
        public long version() {
            return topics.version();
        }

        @Override
        public Uuid topicId(String topic) {
            return topics.topicId(topic);
        }

        @Override
        public String topicName(Uuid topicId) {
            return topics.topicName(topicId);
        }

        @Override
        public int partitionCount(String topic) {
            return topics.partitionCount(topic);
        }

        @Override
        public Set<String> topicsMatching(String regex) {
            return topics.topicsMatching(regex);
        }

        @Override
        public Set<String> racksOf(Uuid topicId, int partition) {
            return Set.of("rack" + partition % 2);
        }
    }

    private static Map<String, String> with(String assignors) {
        return Map.of("group.consumer.assignors", assignors, "wrong.rack", "nowhere");
    }

    @Test
    void theFirstIsTheDefault() {
        assertThat(Assignors.from(Map.of()).get(null).name()).isEqualTo("uniform");
        assertThat(Assignors.from(with("range , uniform")).get(null).name()).isEqualTo("range");
        assertThat(Assignors.from(with("range")).has("uniform")).isFalse();
        assertThat(Assignors.from(with("range")).get("uniform").name()).isEqualTo("range");
    }

    @Test
    void whatIsNoAssignorIsRefused() {
        assertThatThrownBy(() -> Assignors.from(with("no.such.Assignor"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Assignors.from(with("java.lang.String"))).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> Assignors.from(with("range,range"))).isInstanceOf(ConfigException.class);
    }

    @Test
    void anAssignorOfTheOperatorsOwnSeesMembersAndRacks() {
        // given
        Assignor assignor =
                Assignors.from(with("uniform," + ByRack.class.getName())).get("by-rack");
        Map<String, ConsumerMember> members = Map.of("a", member("a", "rack0"), "b", member("b", "rack1"));
        TreeSet<Uuid> wanted = new TreeSet<>(Set.of(TOPIC));

        // when
        Map<String, Partitions> assigned = assignor.assign(new AssignmentInput(
                new TreeMap<>(Map.of("a", wanted, "b", wanted)),
                Map.of(TOPIC, 4),
                Map.of(),
                members,
                new RackedTopics()));

        // then
        assertThat(assigned.get("a").byTopic().get(TOPIC).keySet()).containsExactly(0, 2);
        assertThat(assigned.get("b").byTopic().get(TOPIC).keySet()).containsExactly(1, 3);
    }

    private static ConsumerMember member(String id, String rack) {
        return ConsumerMember.joining(id)
                .with(new Profile(null, rack, new Caller("c", "h"), 1, Subscription.NONE, null));
    }

    private static ConsumerGroupHeartbeatResponseData join(ConsumerGroups groups, String memberId, String rack) {
        List<ConsumerGroupHeartbeatResponseData> answers = new ArrayList<>();
        Turn turn = new Turn(0, 0);
        groups.heartbeats()
                .heartbeat(
                        turn,
                        new ConsumerGroupHeartbeatRequestData()
                                .setGroupId("g")
                                .setMemberId(memberId)
                                .setRackId(rack)
                                .setServerAssignor("by-rack")
                                .setRebalanceTimeoutMs(60_000)
                                .setSubscribedTopicNames(List.of("orders"))
                                .setTopicPartitions(List.of()),
                        new Caller("c", "/127.0.0.1"),
                        (short) 1,
                        answers::add);
        turn.writes().forEach(write -> write.settlement().settled(new Turn(0, 0), Errors.NONE));
        return answers.get(0);
    }

    @Test
    void anAssignorThatFailsFailsTheRequestAndChangesNothing() {
        // given
        ConsumerGroups groups = new ConsumerGroups(
                ConsumerConfig.from(with(ByRack.class.getName())),
                new RackedTopics(),
                new ShardContext(new TimerQueue(), new NoClassicGroups()),
                prefix -> "made");
        assertThat(join(groups, "a", "rack0")
                        .assignment()
                        .topicPartitions()
                        .get(0)
                        .partitions())
                .containsExactly(0, 2);

        // when
        ConsumerGroupHeartbeatResponseData failed = join(groups, "b", "nowhere");

        // then
        assertThat(Errors.forCode(failed.errorCode())).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(groups.describe("g").members()).hasSize(1);
        assertThat(groups.describe("g").groupEpoch()).isEqualTo(2);
    }
}
