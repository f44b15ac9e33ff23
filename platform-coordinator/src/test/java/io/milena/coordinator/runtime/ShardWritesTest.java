package io.milena.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.runtime.ShardWrites.InLog;
import io.milena.coordinator.runtime.ShardWrites.Pending;
import io.milena.records.group.OffsetCommitKey;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.internal.CompressionType;
import org.junit.jupiter.api.Test;

class ShardWritesTest {
    private static final int NO_PRODUCER = -1;
    private static final int TIMEOUT_MS = 100;
    private static final int LIMIT = 1_000;

    private final ShardWrites writes = new ShardWrites(new RuntimeConfig(1, TIMEOUT_MS, CompressionType.NONE));

    private static Turn.Write write(String group, long producerId) {
        CoordinatorRecord record = CoordinatorRecord.tombstone(
                new OffsetCommitKey().setGroup(group).setTopic("t").setPartition(0));
        return new Turn.Write(List.of(record), (turn, error) -> {}, producerId, (short) 0, new ArrayList<>());
    }

    private Pending add(String group, long producerId, long nowMs) {
        Pending pending = writes.prepare(write(group, producerId), nowMs);
        writes.add(pending);
        return pending;
    }

    private List<Long> nextProducers() {
        return writes.nextBatch(LIMIT).stream()
                .map(each -> each.write.producerId())
                .toList();
    }

    @Test
    void whatWasDecidedMeanwhileSharesABatch() {
        // given
        Pending a = add("a", NO_PRODUCER, 0);
        Pending b = add("b", NO_PRODUCER, 0);

        // when
        List<Pending> batch = writes.nextBatch(LIMIT);

        // then
        assertThat(batch).containsExactly(a, b);
        assertThat(writes.hasDecided()).isFalse();
    }

    @Test
    void aTransactionalWriteSharesItsBatchWithNobody() {
        // given
        add("a", NO_PRODUCER, 0);
        add("b", 7, 0);
        add("c", 7, 0);
        add("d", NO_PRODUCER, 0);

        // then
        assertThat(List.of(nextProducers(), nextProducers(), nextProducers(), nextProducers()))
                .containsExactly(List.of(-1L), List.of(7L), List.of(7L), List.of(-1L));
    }

    @Test
    void aBatchKnowsItsSizeExactly() {
        // given
        List<Pending> batch = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            batch.add(writes.prepare(write("group-" + i, NO_PRODUCER), 0));
        }

        // when
        int estimated = RecordBatches.BATCH_OVERHEAD
                + batch.stream().mapToInt(p -> p.size).sum();

        // then
        int varintOfTheOffset = 1;
        assertThat(writes.records(batch, 0).sizeInBytes())
                .isBetween(estimated - batch.size() * varintOfTheOffset, estimated);
    }

    @Test
    void aWriteThatNoBatchHoldsIsTooLarge() {
        assertThat(writes.isTooLarge(writes.prepare(write("g", NO_PRODUCER), 0), LIMIT))
                .isFalse();
        assertThat(writes.isTooLarge(writes.prepare(write("g".repeat(1_000), NO_PRODUCER), 0), LIMIT))
                .isTrue();
    }

    @Test
    void batchesAreSettledInTheOrderOfTheLogHoweverTheirCommitsAreHeardOf() {
        // given
        add("a", NO_PRODUCER, 0);
        InLog first = writes.appended(writes.nextBatch(LIMIT), () -> {});
        add("b", NO_PRODUCER, 0);
        InLog second = writes.appended(writes.nextBatch(LIMIT), () -> {});

        // when
        second.committed();

        // then
        assertThat(writes.removeCommitted()).isNull();
        first.committed();
        assertThat(writes.removeCommitted()).isSameAs(first);
        assertThat(writes.removeCommitted()).isSameAs(second);
        assertThat(writes.removeCommitted()).isNull();
    }

    @Test
    void anOverdueWriteIsToldOfUntilItIsSettledAndStaysInTheLog() {
        // given
        Pending a = add("a", NO_PRODUCER, 0);
        Pending b = add("b", NO_PRODUCER, 50);
        InLog inLog = writes.appended(writes.nextBatch(LIMIT), () -> {});
        assertThat(writes.nextDeadlineMs()).isEqualTo(TIMEOUT_MS);
        assertThat(writes.overdue(TIMEOUT_MS - 1)).isEmpty();

        // when
        List<Pending> overdue = writes.overdue(TIMEOUT_MS);

        // then
        assertThat(overdue).containsExactly(a);
        assertThat(a.settle()).isTrue();
        assertThat(a.settle()).as("once").isFalse();
        assertThat(writes.nextDeadlineMs()).isEqualTo(150);
        assertThat(writes.overdue(150)).containsExactly(b);
        inLog.committed();
        assertThat(writes.removeCommitted()).isSameAs(inLog);
    }

    @Test
    void whatIsClearedIsWhatNobodyAnswered() {
        // given
        Pending answered = add("a", NO_PRODUCER, 0);
        Pending inLog = add("b", NO_PRODUCER, 0);
        writes.appended(writes.nextBatch(LIMIT), () -> {});
        answered.settle();
        Pending decided = add("c", NO_PRODUCER, 0);

        // then
        assertThat(writes.clear()).containsExactly(inLog, decided);
        assertThat(writes.hasDecided()).isFalse();
        assertThat(writes.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatIsTakenBackIsTakenBackNewestFirst() {
        // given
        Pending a = add("a", NO_PRODUCER, 0);
        Pending b = add("b", NO_PRODUCER, 0);

        // then
        assertThat(writes.removeDecided()).containsExactly(b, a);
        assertThat(writes.hasDecided()).isFalse();
    }

    private static Turn.Write nothing() {
        return new Turn.Write(List.of(), (turn, error) -> {}, NO_PRODUCER, (short) 0, new ArrayList<>());
    }

    @Test
    void aWriteWithoutRecordsSharesTheFateOfWhatWasDecidedBefore() {
        // given
        Pending behindNothing = writes.prepare(nothing(), 0);
        assertThat(writes.add(behindNothing)).as("nothing to wait for").isFalse();
        Pending transaction = add("a", 7, 0);
        Pending behindDecided = writes.prepare(nothing(), 0);

        // when
        boolean waits = writes.add(behindDecided);

        // then
        assertThat(waits).isTrue();
        List<Pending> batch = writes.nextBatch(LIMIT);
        assertThat(batch).containsExactly(transaction, behindDecided);
        InLog inLog = writes.appended(batch, () -> {});
        Pending behindAppended = writes.prepare(nothing(), 0);
        assertThat(writes.add(behindAppended)).isTrue();
        assertThat(writes.hasDecided()).as("nothing to append").isFalse();
        assertThat(inLog.writes).containsExactly(transaction, behindDecided, behindAppended);
    }
}
