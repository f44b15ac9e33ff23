package io.milena.starter.lag;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code milena.consumer.lag} and {@code milena.consumer.lag.time} up to date, on a thread of its own, from the broker's first
 * answer on. What is unknown is NaN; {@code milena.consumer.lag.unknown} tells for how long.
 */
public final class LagGauges implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LagGauges.class);

    private final LagReader reader;
    private final MultiGauge records;
    private final MultiGauge time;
    private final ScheduledExecutorService scheduler;

    public LagGauges(LagReader reader, MeterRegistry meters, Duration interval, CompletableFuture<?> brokerSeen) {
        this.reader = reader;
        this.records = MultiGauge.builder("milena.consumer.lag")
                .description("Records a group has still to handle in a partition")
                .baseUnit("records")
                .register(meters);
        this.time = MultiGauge.builder("milena.consumer.lag.time")
                .description("Age of the oldest record a group has still to handle in a partition")
                .baseUnit("seconds")
                .register(meters);
        TimeGauge.builder(
                        "milena.consumer.lag.unknown",
                        reader,
                        TimeUnit.MILLISECONDS,
                        one -> one.unknownFor().toMillis())
                .description("For how long the lag has not been known in whole")
                .register(meters);
        this.scheduler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "milena-lag");
            thread.setDaemon(true);
            return thread;
        });
        brokerSeen.thenRun(
                () -> scheduler.scheduleWithFixedDelay(this::refresh, 0, interval.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void refresh() {
        try {
            List<PartitionLag> lags = reader.read().partitions();
            records.register(rows(lags, PartitionLag::lag), true);
            time.register(rows(lags, PartitionLag::secondsBehind), true);
        } catch (RuntimeException e) {
            log.warn("Lag could not be measured", e);
        }
    }

    private static List<MultiGauge.Row<?>> rows(
            List<PartitionLag> lags, Function<PartitionLag, @Nullable Number> value) {
        return lags.stream()
                .filter(lag -> lag.partition() >= 0)
                .<MultiGauge.Row<?>>map(lag -> {
                    Number number = value.apply(lag);
                    return MultiGauge.Row.of(
                            Tags.of(
                                    "group", lag.group(),
                                    "topic", lag.topic(),
                                    "partition", Integer.toString(lag.partition())),
                            number == null ? Double.NaN : number);
                })
                .toList();
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
