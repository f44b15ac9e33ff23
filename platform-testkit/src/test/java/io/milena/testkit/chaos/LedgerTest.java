package io.milena.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The judge of producers and readers sees each kind of wrong there is. */
class LedgerTest {
    private final Violations violations = new Violations();
    private final Ledger ledger = new Ledger("orders-0", 2, violations);

    @Test
    void recordsThatAreReadAsPromisedAreFineEvenWithoutTheAcknowledgement() {
        ledger.acknowledge(0, 0, 0);
        ledger.read(0, "0:0");
        ledger.read(1, "1:0");
        ledger.acknowledge(1, 0, 1);
        ledger.read(2, "1:1");
        assertThat(violations.found()).isEmpty();
        assertThat(ledger.unread()).isNull();
        assertThat(ledger.end()).isEqualTo(3);
    }

    @Test
    void anAcknowledgedRecordThatIsNotReadIsMissed() {
        ledger.acknowledge(1, 0, 0);
        ledger.acknowledge(1, 1, -1);
        ledger.read(0, "1:0");
        assertThat(ledger.unread()).contains("1 acknowledged records of producer 1", "number 1");
    }

    @Test
    void aDuplicateIsSeen() {
        ledger.read(0, "0:0");
        ledger.read(1, "0:0");
        assertThat(violations.found()).singleElement().asString().contains("offset 1", "duplicate: 0:0");
    }

    @Test
    void aRecordThatOvertookAnotherIsSeen() {
        ledger.read(0, "0:1");
        ledger.read(1, "0:0");
        assertThat(violations.found()).singleElement().asString().contains("holds 0:0 after number 1");
    }

    @Test
    void anotherRecordThanThePromisedOneIsSeenWhicheverCameFirst() {
        ledger.acknowledge(0, 0, 0);
        ledger.read(0, "1:0");
        ledger.read(1, "1:1");
        ledger.acknowledge(0, 1, 1);
        assertThat(violations.found()).hasSize(2);
        assertThat(violations.found().get(0)).contains("offset 0 was promised to 0:0 but holds 1:0");
        assertThat(violations.found().get(1)).contains("offset 1 was read as 1:1");
    }

    @Test
    void anOffsetPromisedTwiceIsSeen() {
        ledger.acknowledge(0, 0, 7);
        ledger.acknowledge(1, 0, 7);
        assertThat(violations.found()).singleElement().asString().contains("promised to 0:0 and to 1:0");
    }

    @Test
    void aHoleInTheOffsetsIsSeen() {
        ledger.read(0, "0:0");
        ledger.read(2, "0:1");
        assertThat(violations.found()).singleElement().asString().contains("offset 1 should have been read next");
    }

    @Test
    void aRecordThatChangesAfterItWasReadIsSeen() {
        ledger.read(0, "0:0");
        ledger.readAgain(0, "0:0");
        ledger.readAgain(0, "0:1");
        assertThat(violations.found()).singleElement().asString().contains("held 0:0 at first and now 0:1");
    }
}
