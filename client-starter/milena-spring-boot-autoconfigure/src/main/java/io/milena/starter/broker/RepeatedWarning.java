package io.milena.starter.broker;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** One warning for what stays wrong: told when it changes, and as a reminder each minute. Used by one thread. */
final class RepeatedWarning {

    private static final Duration REMINDER = Duration.ofMinutes(1);

    private final Logger log;
    private @Nullable String told;
    private long nextReminderNs;

    RepeatedWarning(Logger log) {
        this.log = log;
    }

    void tell(String text) {
        if (text.equals(told) && System.nanoTime() - nextReminderNs < 0) {
            return;
        }
        told = text;
        nextReminderNs = System.nanoTime() + REMINDER.toNanos();
        log.warn("{}", text);
    }
}
