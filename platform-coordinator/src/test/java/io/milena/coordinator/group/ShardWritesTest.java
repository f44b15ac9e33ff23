package io.milena.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.ShardWrites.Pending;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.group.core.GroupRecord;
import io.milena.coordinator.group.core.Turn;
import io.milena.records.group.OffsetCommitKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShardWritesTest {
    private static final int NO_PRODUCER = -1;

    private final ShardWrites writes = new ShardWrites(GroupConfig.from(Map.of("offsets.commit.timeout.ms", "100")));

    private static Turn.Write write(String group, long producerId) {
        GroupRecord record = GroupRecord.tombstone(
                new OffsetCommitKey().setGroup(group).setTopic("t").setPartition(0));
        return new Turn.Write(List.of(record), (turn, error) -> {}, producerId, (short) 0);
    }

    private static List<Long> producers(List<Pending> batch) {
        return batch.stream().map(each -> each.write.producerId()).toList();
    }

    @Test
    void one_batch_is_under_way_and_the_rest_waits() {
        writes.add(write("a", NO_PRODUCER), 0);
        writes.add(write("b", NO_PRODUCER), 0);
        List<Pending> first = writes.depart();
        writes.add(write("c", NO_PRODUCER), 0);

        assertThat(first).hasSize(2);
        assertThat(writes.isReady()).isFalse();
        assertThat(writes.landed(first)).isTrue();
        assertThat(writes.isReady()).isTrue();
        assertThat(writes.depart()).hasSize(1);
    }

    @Test
    void a_transactional_write_shares_its_batch_with_nobody() {
        writes.add(write("a", NO_PRODUCER), 0);
        writes.add(write("b", 7), 0);
        writes.add(write("c", 7), 0);
        writes.add(write("d", NO_PRODUCER), 0);

        assertThat(List.of(departed(), departed(), departed(), departed()))
                .containsExactly(List.of(-1L), List.of(7L), List.of(7L), List.of(-1L));
    }

    private List<Long> departed() {
        List<Pending> batch = writes.depart();
        writes.landed(batch);
        return producers(batch);
    }

    @Test
    void what_was_cleared_does_not_land() {
        writes.add(write("a", NO_PRODUCER), 0);
        List<Pending> batch = writes.depart();
        writes.add(write("b", NO_PRODUCER), 0);

        assertThat(writes.clear()).hasSize(2);
        assertThat(writes.landed(batch)).isFalse();
        assertThat(writes.isReady()).isFalse();
    }

    @Test
    void overdue_is_told_of_what_is_under_way_and_taken_out_of_what_waits() {
        writes.add(write("a", NO_PRODUCER), 0);
        List<Pending> batch = writes.depart();
        writes.add(write("b", NO_PRODUCER), 50);
        assertThat(writes.nextDeadlineMs()).isEqualTo(100);
        assertThat(writes.overdueUnderWay(99)).isEmpty();

        assertThat(writes.overdueUnderWay(100)).isEqualTo(batch);
        assertThat(batch.get(0).settle()).isTrue();
        assertThat(batch.get(0).settle()).as("once").isFalse();
        assertThat(writes.nextDeadlineMs()).isEqualTo(150);
        assertThat(writes.removeOverdue(149)).isNull();
        assertThat(writes.removeOverdue(150)).isNotNull();
        assertThat(writes.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
        assertThat(writes.landed(batch)).as("still under way").isTrue();
    }
}
