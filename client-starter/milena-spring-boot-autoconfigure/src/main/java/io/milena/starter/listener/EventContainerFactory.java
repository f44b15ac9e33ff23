package io.milena.starter.listener;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.deadletter.DeadLetterPublisher;
import io.milena.starter.event.EventCodec;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.retry.DatabaseProbe;
import io.milena.starter.retry.Failure;
import io.milena.starter.retry.ParkedEvents;
import io.milena.starter.trace.Tracing;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.transaction.support.TransactionOperations;

/** Sets up the containers of {@link MilenaListener}s. */
public final class EventContainerFactory implements AutoCloseable {

    private final EventCodec codec;
    private final ListenerProperties properties;
    private final TransactionOperations transactions;
    private final @Nullable Inbox inbox;
    private final @Nullable ParkedEvents parked;
    private final DeadLetterPublisher deadLetters;
    private final DatabaseProbe database;
    private final MeterRegistry meters;
    private final Tracing tracing;
    private final PollFailures pollFailures;
    private final ScheduledExecutorService timer;

    /** @param parked takes failing events; null: they are retried in place */
    public EventContainerFactory(
            EventCodec codec,
            ListenerProperties properties,
            TransactionOperations transactions,
            @Nullable Inbox inbox,
            @Nullable ParkedEvents parked,
            DeadLetterPublisher deadLetters,
            DatabaseProbe database,
            MeterRegistry meters,
            Tracing tracing,
            UnfetchableRecords unfetchable) {
        this.codec = codec;
        this.properties = properties;
        this.transactions = transactions;
        this.inbox = inbox;
        this.parked = parked;
        this.deadLetters = deadLetters;
        this.database = database;
        this.meters = meters;
        this.tracing = tracing;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "milena-listener-timer");
            thread.setDaemon(true);
            return thread;
        });
        this.pollFailures = new PollFailures(unfetchable, timer);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** Puts the conventions on a factory. */
    public void apply(ConcurrentKafkaListenerContainerFactory<?, ?> factory) {
        factory.setRecordMessageConverter(new EventMessageConverter(codec));
        factory.setCommonErrorHandler(new RetryInPlace(
                        properties.retry().policy(),
                        deadLetters,
                        parked == null ? error -> Failure.of(error, database) : parked::failure,
                        pollFailures)
                .errorHandler());
        factory.setBatchListener(false); // whatever spring.kafka.listener.type says: an event is one call
        factory.setAutoStartup(false); // started when the broker has answered and the topics exist
        ContainerProperties container = factory.getContainerProperties();
        container.setKafkaAwareTransactionManager(null); // offsets are committed after the database's transaction
        container.setAckMode(AckMode.BATCH);
        container.setSyncCommits(true);
        container.setDeliveryAttemptHeader(true);
        container.setStopImmediate(true);
        container.setAdviceChain(new OncePerEvent(
                codec,
                transactions,
                inbox,
                parked,
                new UnknownEvents(codec.types(), properties.unknownTypes(), properties.unknownVersions()),
                meters,
                tracing));
    }
}
