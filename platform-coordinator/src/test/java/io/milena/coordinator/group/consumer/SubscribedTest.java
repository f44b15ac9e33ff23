package io.milena.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.consumer.ConsumerMember.Profile;
import io.milena.coordinator.group.consumer.ConsumerMember.Subscription;
import io.milena.coordinator.group.core.Caller;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SubscribedTest {
    private static final Uuid ORDERS = new Uuid(1, 1);

    private final ConsumerGroup group = new ConsumerGroup("g");
    private final CountedTopics topics = new CountedTopics();

    /** One topic, and how often a pattern was matched. */
    private static final class CountedTopics implements TopicsView {
        private long version;
        private int partitions = 1;
        private int looks;
        private Set<String> racks = Set.of();

        @Override
        public Set<String> racksOf(Uuid topicId, int partition) {
            return racks;
        }

        @Override
        public long version() {
            return version;
        }

        @Override
        public @Nullable Uuid topicId(String topic) {
            return topic.equals("orders") ? ORDERS : null;
        }

        @Override
        public @Nullable String topicName(Uuid topicId) {
            return topicId.equals(ORDERS) ? "orders" : null;
        }

        @Override
        public int partitionCount(String topic) {
            return partitions;
        }

        @Override
        public Set<String> topicsMatching(String regex) {
            looks++;
            return "orders".startsWith(regex) ? Set.of("orders") : Set.of();
        }
    }

    private static ConsumerMember member(String id, String regex) {
        return ConsumerMember.joining(id)
                .with(new Profile(null, null, new Caller("c", "h"), 1, new Subscription(Set.of(), regex, null), null));
    }

    @Test
    void patternsAreMatchedOnceForAGroupAndAVersionOfTheTopics() {
        // given
        group.put(member("a", "ord"));

        // when
        for (int offset = 0; offset < 1_000; offset++) {
            assertThat(group.subscribed(topics).partitionCounts).containsKey(ORDERS);
        }

        // then
        assertThat(topics.looks).isEqualTo(1);
    }

    @Test
    void whatChangesIsSeen() {
        // given
        group.put(member("a", "ord"));
        assertThat(group.subscribed(topics).partitionCounts).containsEntry(ORDERS, 1);

        // when
        topics.partitions = 2;
        topics.version++;

        // then
        assertThat(group.subscribed(topics).partitionCounts).containsEntry(ORDERS, 2);
        group.put(member("a", "nothing"));
        assertThat(group.subscribed(topics).partitionCounts).isEmpty();
        group.put(member("b", "ord"));
        assertThat(group.subscribed(topics).byMember).containsKeys("a", "b");
        group.remove("b");
        assertThat(group.subscribed(topics).partitionCounts).isEmpty();
    }

    @Test
    void aReplicaThatMovesToAnotherRackIsAChange() {
        // given
        group.put(member("a", "ord"));
        topics.racks = Set.of("rack0");
        long before = group.subscribed(topics).hash();

        // when
        topics.racks = Set.of("rack1");
        topics.version++;

        // then
        assertThat(group.subscribed(topics).hash()).isNotEqualTo(before);
    }

    @Test
    void aStepOfAMemberOnItsWayChangesNothingOfIt() {
        // given
        ConsumerMember member = member("a", "ord");
        group.put(member);
        group.subscribed(topics);

        // when
        group.put(member.with(member.progress().to(2, ConsumerMember.State.STABLE, Partitions.NONE, Partitions.NONE)));
        group.subscribed(topics);

        // then
        assertThat(topics.looks).isEqualTo(1);
    }
}
