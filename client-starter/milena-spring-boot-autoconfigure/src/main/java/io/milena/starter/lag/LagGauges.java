package io.milena.starter.lag;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps {@code milena.consumer.lag} up to date, on a thread of its own, from the broker's first answer on. */
public final class LagGauges implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LagGauges.class);

    private final LagReader reader;
    private final MultiGauge gauge;
    private final ScheduledExecutorService scheduler;

    public LagGauges(LagReader reader, MeterRegistry meters, Duration interval, CompletableFuture<?> brokerSeen) {
        this.reader = reader;
        this.gauge = MultiGauge.builder("milena.consumer.lag")
                .description("Records a group has still to handle in a partition")
                .baseUnit("records")
                .register(meters);
        this.scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "milena-lag");
            thread.setDaemon(true);
            return thread;
        });
        brokerSeen.thenRun(() -> scheduler.scheduleWithFixedDelay(
                this::refresh, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void refresh() {
        try {
            List<MultiGauge.Row<?>> rows = reader.read().stream()
                    .<MultiGauge.Row<?>>map(lag -> MultiGauge.Row.of(
                            Tags.of(
                                    "group", lag.group(),
                                    "topic", lag.topic(),
                                    "partition", Integer.toString(lag.partition())),
                            lag.lag()))
                    .toList();
            gauge.register(rows, true);
        } catch (RuntimeException e) {
            log.debug("Lag is not known at the moment: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
