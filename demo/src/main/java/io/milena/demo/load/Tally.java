package io.milena.demo.load;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What customers asked for and were answered; from any thread, in memory that does not grow. */
public final class Tally {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder known = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder cancelled = new LongAdder();
    private final LongAdder cancelledTooLate = new LongAdder();
    private final AtomicReference<@Nullable String> complaint = new AtomicReference<>();
    private final LongAccumulator firstPlacedMs = new LongAccumulator(Math::min, Long.MAX_VALUE);
    private final Latencies answers = new Latencies();

    /**
     * Counts of a run.
     *
     * @param accepted orders the service took, {@code known} among them
     * @param known orders it had already before this run
     * @param refused orders it would not take
     * @param givenUp orders without an answer in time: they may be there or not
     * @param retries requests sent again, because the service was away or overloaded
     * @param cancelled orders called off in time
     * @param cancelledTooLate orders that had come to another end before
     * @param complaint the first reason of a refusal or a surrender, null if there was none
     */
    public record Figures(
            long accepted,
            long known,
            long refused,
            long givenUp,
            long retries,
            long cancelled,
            long cancelledTooLate,
            @Nullable String complaint) {

        public String asText() {
            return String.format(
                    "%,d orders placed%s%s%s, %,d requests sent again, %,d called off (%,d too late)",
                    accepted,
                    known == 0 ? "" : String.format(" (%,d were there)", known),
                    refused == 0 ? "" : String.format(", %,d refused", refused),
                    givenUp == 0 ? "" : String.format(", %,d given up", givenUp),
                    retries,
                    cancelled,
                    cancelledTooLate);
        }
    }

    void accepted(long ns) {
        accepted.increment();
        answers.record(ns);
    }

    void known() {
        known.increment();
    }

    void placedAt(Instant moment) {
        firstPlacedMs.accumulate(moment.toEpochMilli());
    }

    void refused(String why) {
        refused.increment();
        complaint.compareAndSet(null, why);
    }

    void givenUp(String why) {
        givenUp.increment();
        complaint.compareAndSet(null, why);
    }

    void retried() {
        retries.increment();
    }

    void cancelled(boolean inTime) {
        (inTime ? cancelled : cancelledTooLate).increment();
    }

    /** When the first order of this run was placed, by the service's clock, in milliseconds since 1970. */
    long firstPlacedMs() {
        return firstPlacedMs.get();
    }

    /** From the moment an order was due until it was answered. */
    Latency answers() {
        return answers.soFar();
    }

    Figures figures() {
        return new Figures(
                accepted.sum(),
                known.sum(),
                refused.sum(),
                givenUp.sum(),
                retries.sum(),
                cancelled.sum(),
                cancelledTooLate.sum(),
                complaint.get());
    }
}
