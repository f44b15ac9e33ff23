package io.milena.testkit.coordinator.group;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.group.core.GroupView;
import io.milena.coordinator.runtime.CoordinatorEnvironment;
import io.milena.coordinator.runtime.CoordinatorLog;
import io.milena.coordinator.runtime.CoordinatorRuntime;
import io.milena.coordinator.runtime.CoordinatorThreads;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.testkit.coordinator.node.Broker;
import io.milena.testkit.coordinator.node.ReplicatedPartition;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;

/** What a shard has of its groups, as text, and what one has that reads the same log anew. */
final class LoadedAnew {
    private LoadedAnew() {}

    /** The groups of a live shard, in a turn of it; {@code then} is not called if there is no shard. */
    static void look(GroupCoordinator coordinator, String groupInShard, Consumer<Map<String, String>> then) {
        coordinator.execute(
                groupInShard,
                CoordinatorRuntime.operation((shard, turn) -> then.accept(groupsOf(shard)), refused -> {}));
    }

    private static Map<String, String> groupsOf(GroupShard shard) {
        Map<String, String> groups = new TreeMap<>();
        shard.look(group -> {
            String text = group.type().equals("consumer") ? consumer(shard, group) : classic(group);
            if (!text.isEmpty()) {
                groups.put(group.groupId(), text);
            }
        });
        return groups;
    }

    private static String classic(GroupView group) {
        boolean empty = group.members().isEmpty();
        if (empty && group.committedOffsets().isEmpty()) {
            return "";
        }
        // The number of a generation without members may be lost, which harms nobody.
        String members = empty
                ? ""
                : group.generation()
                        + group.members().stream()
                                .sorted(Comparator.comparing(GroupView.Member::memberId))
                                .toList()
                                .toString();
        return group.state() + members + group.protocol() + offsets(group);
    }

    private static String consumer(GroupShard shard, GroupView group) {
        var described = shard.groupsOf(ConsumerGroups.class).describe(group.groupId());
        described.setMembers(described.members().stream()
                .sorted(Comparator.comparing(Member::memberId))
                .toList());
        return described + offsets(group);
    }

    private static String offsets(GroupView group) {
        Map<Integer, Long> sorted = new TreeMap<>();
        group.committedOffsets().forEach((partition, offset) -> sorted.put(partition.partition(), offset));
        return sorted.toString();
    }

    /** The groups of a shard that is made from what is in the log. */
    static Map<String, String> load(Broker broker, ReplicatedPartition partition, String groupInShard) {
        BrokerView view = new BrokerView(broker);
        CoordinatorEnvironment environment = new CoordinatorEnvironment(
                new ReadOnlyLog(partition), new FixedTime(), new HereAndNow(), () -> Uuid.ZERO_UUID);
        Map<String, String> groups = new TreeMap<>();
        GroupCoordinator coordinator =
                new GroupCoordinator(GroupLimits.classic(1), GroupLimits.consumer(), view, view, environment);
        coordinator.onElection(partition.id().partition(), 1);
        look(coordinator, groupInShard, groups::putAll);
        return groups;
    }

    private record ReadOnlyLog(ReplicatedPartition partition) implements CoordinatorLog {
        @Override
        public Appended append(TopicPartition id, int leaderEpoch, MemoryRecords records) {
            throw new IllegalStateException("read only");
        }

        @Override
        public int maxBatchBytes(TopicPartition id) {
            return Integer.MAX_VALUE;
        }

        @Override
        public CompletableFuture<Void> whenCommitted(TopicPartition id, int leaderEpoch, long offset) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void readAll(TopicPartition id, int leaderEpoch, Consumer<RecordBatch> batches) {
            partition.read(batches);
        }
    }

    private record FixedTime() implements CoordinatorTime {
        @Override
        public long monotonicMs() {
            return 0;
        }

        @Override
        public long wallClockMs() {
            return 0;
        }
    }

    private record HereAndNow() implements CoordinatorThreads {
        @Override
        public ScheduledExecutorService turns(int partition) {
            return new CallersThread();
        }

        @Override
        public Executor loader() {
            return Runnable::run;
        }

        @Override
        public void close() {}
    }
}
