package io.milena.starter.listener;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.UnreadableEventException;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.trace.Tracing;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.transaction.support.TransactionOperations;

/** Sets up the containers of {@link MilenaListener}s. */
public final class EventContainerFactory {

    private final EventCodec codec;
    private final ListenerProperties properties;
    private final TransactionOperations transactions;
    private final @Nullable Inbox inbox;
    private final MeterRegistry meters;
    private final Tracing tracing;

    public EventContainerFactory(
            EventCodec codec,
            ListenerProperties properties,
            TransactionOperations transactions,
            @Nullable Inbox inbox,
            MeterRegistry meters,
            Tracing tracing) {
        this.codec = codec;
        this.properties = properties;
        this.transactions = transactions;
        this.inbox = inbox;
        this.meters = meters;
        this.tracing = tracing;
    }

    /**
     * Puts the conventions on a factory.
     *
     * @param deadLetters sends bytes unchanged
     */
    public void apply(
            ConcurrentKafkaListenerContainerFactory<?, ?> factory, KafkaOperations<String, byte[]> deadLetters) {
        factory.setRecordMessageConverter(new EventMessageConverter(codec));
        factory.setCommonErrorHandler(errorHandler(deadLetters));
        factory.setAutoStartup(false); // started when the broker has answered and the topics exist
        ContainerProperties container = factory.getContainerProperties();
        container.setAckMode(AckMode.BATCH);
        container.setSyncCommits(true);
        container.setDeliveryAttemptHeader(true);
        container.setStopImmediate(true);
        container.setAdviceChain(
                new OncePerEvent(codec, transactions, inbox, properties.unknownTypes(), meters, tracing));
    }

    private DefaultErrorHandler errorHandler(KafkaOperations<String, byte[]> deadLetters) {
        Failures failures = new Failures(properties.retry());
        DefaultErrorHandler handler = new DefaultErrorHandler(
                DeadLetters.recoverer(deadLetters, properties.deadLetterSuffix()), failures.forEvents());
        handler.setBackOffFunction((record, error) -> failures.backOffFor(error));
        handler.setSeekAfterError(
                false); // keep what was polled: a seek would wait for the fetch in flight, half a second
        handler.addNotRetryableExceptions(UnreadableEventException.class);
        return handler;
    }
}
