package io.milena.starter.listener;

import io.milena.starter.deadletter.DeadLetterPublisher;
import io.milena.starter.event.UnreadableEventException;
import io.milena.starter.retry.Failure;
import io.milena.starter.retry.RetryPolicy;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.support.KafkaUtils;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * What happens to failures that cannot be parked: without a database, or while it is away. The partition waits and keeps its order; a database that
 * is away is no fault of the event, so that wait does not end, any other ends in the dead letter topic.
 */
final class RetryInPlace {

    private static final Logger log = LoggerFactory.getLogger(RetryInPlace.class);

    private final RetryPolicy policy;
    private final DeadLetterPublisher deadLetters;
    private final Function<Throwable, Failure> failures;
    private final PollFailures pollFailures;

    /** @param failures tells whose fault an error is */
    RetryInPlace(
            RetryPolicy policy,
            DeadLetterPublisher deadLetters,
            Function<Throwable, Failure> failures,
            PollFailures pollFailures) {
        this.policy = policy;
        this.deadLetters = deadLetters;
        this.failures = failures;
        this.pollFailures = pollFailures;
    }

    CommonErrorHandler errorHandler() {
        ExponentialBackOff forEvents = backOff();
        forEvents.setMaxAttempts(policy.maxRetries());
        ExponentialBackOff forContention = backOff();
        forContention.setMaxAttempts(policy.maxRetries() + policy.maxContentions());
        ExponentialBackOff forTheDatabase = backOff();
        DefaultErrorHandler handler = new DefaultErrorHandler(this::giveUp, forEvents) {
            @Override
            public void handleOtherException(
                    Exception error, Consumer<?, ?> consumer, MessageListenerContainer container, boolean batch) {
                pollFailures.handle(error, consumer, container);
            }
        };
        Map<Failure.Kind, ExponentialBackOff> others =
                Map.of(Failure.Kind.DATABASE_AWAY, forTheDatabase, Failure.Kind.CONTENTION, forContention);
        handler.setBackOffFunction(
                (record, error) -> others.get(failures.apply(error).kind()));
        handler.setSeekAfterError(false); // a seek would wait for the fetch in flight, half a second
        handler.addNotRetryableExceptions(UnreadableEventException.class);
        return handler;
    }

    private void giveUp(ConsumerRecord<?, ?> record, Exception error) {
        Failure failure = failures.apply(error);
        int attempts = failure.kind() == Failure.Kind.UNREADABLE ? 1 : policy.maxRetries() + 1;
        String group = KafkaUtils.getConsumerGroupId();
        deadLetters.publish(record, group == null ? "none" : group, attempts, failure);
        log.warn(
                "Event {}-{}@{} (key {}) went to the dead letter topic: {}",
                record.topic(),
                record.partition(),
                record.offset(),
                record.key(),
                failure.reason());
    }

    private ExponentialBackOff backOff() {
        ExponentialBackOff backOff =
                new ExponentialBackOff(policy.initialInterval().toMillis(), policy.multiplier());
        backOff.setMaxInterval(policy.maxInterval().toMillis());
        return backOff;
    }
}
