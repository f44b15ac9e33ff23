package io.milena.starter.retry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/** {@code milena.retry.parked} by group, and {@code milena.deadletters.waiting}; from the time on when the listeners are known. */
public final class RetryGauges implements ApplicationListener<ContextRefreshedEvent> {

    private final RetryQueues queues;
    private final Supplier<? extends Collection<String>> groups;
    private final LongSupplier deadLetters;
    private final MeterRegistry meters;

    public RetryGauges(
            RetryQueues queues,
            Supplier<? extends Collection<String>> groups,
            LongSupplier deadLetters,
            MeterRegistry meters) {
        this.queues = queues;
        this.groups = groups;
        this.deadLetters = deadLetters;
        this.meters = meters;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent refreshed) {
        for (String group : groups.get()) {
            Gauge.builder("milena.retry.parked", () -> queues.parked().getOrDefault(group, 0L))
                    .description("Events that wait for another attempt, or behind one that does")
                    .baseUnit("events")
                    .tag("group", group)
                    .strongReference(true)
                    .register(meters);
        }
        Gauge.builder("milena.deadletters.waiting", deadLetters::getAsLong)
                .description("Dead letters that were not put back")
                .baseUnit("events")
                .strongReference(true)
                .register(meters);
    }
}
