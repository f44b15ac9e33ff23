package io.milena.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The judge of consumer groups. */
class CommittedOffsetsTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);

    private final Violations violations = new Violations();
    private final CommittedOffsets offsets = new CommittedOffsets("readers", violations);

    @Test
    void anOffsetBehindAnAnsweredCommitIsSeen() {
        offsets.committed(PARTITION, 10);
        long before = offsets.floor(PARTITION);
        offsets.observed(PARTITION, before, 9L, "a test");
        assertThat(violations.found()).singleElement().asString().contains("went back from 10 to 9");
    }

    @Test
    void aCommittedOffsetThatDisappearsIsSeen() {
        offsets.observed(PARTITION, 0, 5L, "a test");
        offsets.observed(PARTITION, offsets.floor(PARTITION), null, "a test");
        assertThat(violations.found()).singleElement().asString().contains("went back from 5 to none");
    }

    @Test
    void anAnswerMayBeOlderThanACommitThatWasAnsweredMeanwhile() {
        offsets.committed(PARTITION, 10);
        long before = offsets.floor(PARTITION);
        offsets.committed(PARTITION, 20);
        offsets.observed(PARTITION, before, 10L, "a test");
        assertThat(violations.found()).isEmpty();
    }

    @Test
    void anAnsweredCommitThatTheLogDoesNotHaveIsSeen() {
        offsets.committed(PARTITION, 10);
        offsets.committed(PARTITION, 20);
        offsets.logged(PARTITION, 20);
        assertThat(offsets.lost()).contains("commits of orders-0 at {10}");
        offsets.logged(PARTITION, 10);
        assertThat(offsets.lost()).isNull();
    }

    @Test
    void aRecordThatNoMemberGotThoughLaterOnesAreCommittedIsSeen() {
        offsets.process(PARTITION, 0);
        offsets.process(PARTITION, 2);
        offsets.committed(PARTITION, 1);
        assertThat(offsets.skipped()).isNull();
        offsets.committed(PARTITION, 3);
        assertThat(offsets.skipped()).contains("no member got orders-0 offset 1, but 3 was committed");
    }
}
