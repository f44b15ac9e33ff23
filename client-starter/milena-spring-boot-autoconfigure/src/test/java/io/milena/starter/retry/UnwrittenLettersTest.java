package io.milena.starter.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class UnwrittenLettersTest {

    private Instant now = Instant.parse("2026-11-21T10:00:00Z");

    private final UnwrittenLetters unwritten = new UnwrittenLetters(Duration.ofSeconds(5), new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void the_pauses_before_a_topic_grow_to_a_minute_and_another_topic_has_none() {
        for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
            assertThat(unwritten.mayTry("orders")).isTrue();
            unwritten.failed("orders", "no such topic");
            now = now.plusSeconds(seconds - 1);
            assertThat(unwritten.mayTry("orders"))
                    .as("after " + seconds + " s less one")
                    .isFalse();
            assertThat(unwritten.mayTry("shipping")).isTrue();
            now = now.plusSeconds(1);
        }
        unwritten.written("orders");
        unwritten.failed("orders", "no such topic");
        now = now.plusSeconds(5);
        assertThat(unwritten.mayTry("orders")).isTrue();
    }

    @Test
    void it_is_told_at_first_and_once_a_minute() {
        assertThat(unwritten.failed("orders", "no such topic")).isTrue();
        now = now.plusSeconds(59);
        assertThat(unwritten.failed("orders", "no such topic")).isFalse();
        now = now.plusSeconds(1);
        assertThat(unwritten.failed("orders", "no such topic")).isTrue();
    }
}
