package io.milena.starter.retry;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** An event on its way to the listener again; not to be parked by it, whoever hands it over sees to what becomes of it. */
public final class RetriedRecord extends ConsumerRecord<@Nullable String, byte @Nullable []> {

    private final int attempt;
    private final Consumer<Runnable> queue;
    private boolean taken;

    RetriedRecord(ConsumerRecord<@Nullable String, byte @Nullable []> record, int attempt, Consumer<Runnable> queue) {
        super(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                TimestampType.CREATE_TIME,
                record.serializedKeySize(),
                record.serializedValueSize(),
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
        this.attempt = attempt;
        this.queue = queue;
    }

    /** One that waits in no queue. */
    public static RetriedRecord ofNoQueue(ConsumerRecord<@Nullable String, byte @Nullable []> record, int attempt) {
        return new RetriedRecord(record, attempt, Runnable::run);
    }

    /** 1 for the first attempt, which is the listener's; or the first after a redrive. */
    public int attempt() {
        return attempt;
    }

    /**
     * Does the work and takes the event out of its queue, in the current transaction; neither, if another instance has done so.
     */
    public void takeOut(Runnable work) {
        taken = true;
        queue.accept(work);
    }

    /** Whether {@link #takeOut} was called; a listener that skips the event does not. */
    boolean isTaken() {
        return taken;
    }
}
