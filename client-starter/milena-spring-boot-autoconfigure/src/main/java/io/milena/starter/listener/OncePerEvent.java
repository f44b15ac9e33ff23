package io.milena.starter.listener;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventContext;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventIdentity;
import io.milena.starter.event.EventInfo;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.retry.Failure;
import io.milena.starter.retry.NotParkedException;
import io.milena.starter.retry.ParkedEvents;
import io.milena.starter.retry.ParkedEvents.Admission;
import io.milena.starter.retry.RetriedRecord;
import io.milena.starter.retry.StoredRecord;
import io.milena.starter.trace.Tracing;
import java.nio.ByteBuffer;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.KafkaUtils;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Around each call of a listener: skips what is not for this service, binds the event's context, opens the transaction, asks inbox and queues,
 * parks what fails. The container commits the offset afterwards, so a crash in between leads to a redelivery that is recognised.
 */
final class OncePerEvent implements MethodInterceptor {

    private static final Logger log = LoggerFactory.getLogger(OncePerEvent.class);

    private final EventCodec codec;
    private final TransactionOperations transactions;
    private final @Nullable Inbox inbox;
    private final @Nullable ParkedEvents parked;
    private final UnknownEvents unknown;
    private final MeterRegistry meters;
    private final Tracing tracing;

    OncePerEvent(
            EventCodec codec,
            TransactionOperations transactions,
            @Nullable Inbox inbox,
            @Nullable ParkedEvents parked,
            UnknownEvents unknown,
            MeterRegistry meters,
            Tracing tracing) {
        this.codec = codec;
        this.transactions = transactions;
        this.inbox = inbox;
        this.parked = parked;
        this.unknown = unknown;
        this.meters = meters;
        this.tracing = tracing;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        if (call.getArguments().length == 0 || !(call.getArguments()[0] instanceof ConsumerRecord<?, ?> record)) {
            return call.proceed();
        }
        String type = EventHeaders.read(record.headers(), EventHeaders.TYPE);
        if (type != null && unknown.areSkipped(type)) {
            count("milena.events.skipped", record.topic());
            return null;
        }
        int attempt = attempt(record);
        try {
            handle(call, record, attempt);
        } catch (Throwable error) {
            if (!park(record, error)) {
                throw error instanceof StackOverflowError
                                || error instanceof LinkageError
                                || error instanceof AssertionError
                        ? new IllegalStateException(
                                error.toString(), error) // an Error would end the container for good
                        : error;
            }
        }
        return null;
    }

    private void handle(MethodInvocation call, ConsumerRecord<?, ?> record, int attempt) throws Throwable {
        EventInfo info = codec.info(record);
        try (Tracing.Handling handling = tracing.handle(record, info, group(), attempt);
                EventContext.Scope context = EventContext.ofEvent(
                                info, attempt, name -> EventHeaders.read(record.headers(), name))
                        .open()) {
            try {
                transactions.executeWithoutResult(status -> {
                    if (record instanceof RetriedRecord retried) {
                        retried.takeOut(() -> handleOnce(call, record));
                    } else {
                        handleOnce(call, record);
                    }
                });
            } catch (Carrier carrier) {
                handling.failed(carrier.getCause());
                throw carrier.getCause();
            } catch (RuntimeException | Error e) {
                handling.failed(e);
                throw e;
            }
        }
    }

    private void handleOnce(MethodInvocation call, ConsumerRecord<?, ?> record) {
        Admission admission = admission(record);
        if (admission == Admission.KNOWN) {
            count("milena.events.duplicates", record.topic());
        }
        if (admission != Admission.HANDLE) {
            return;
        }
        try {
            call.proceed();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new Carrier(e);
        }
    }

    private Admission admission(ConsumerRecord<?, ?> record) {
        if (parked != null && !(record instanceof RetriedRecord)) {
            return parked.admit(group(), record);
        }
        return inbox == null || inbox.remember(group(), EventIdentity.of(record)) ? Admission.HANDLE : Admission.KNOWN;
    }

    /** False if it is for somebody else to deal with the error: the retrier, or the container's error handler. */
    private boolean park(ConsumerRecord<?, ?> record, Throwable error) {
        if (parked == null || record instanceof RetriedRecord || error instanceof OutOfMemoryError) {
            return false;
        }
        Failure failure = parked.failure(error);
        if (failure.kind() == Failure.Kind.DATABASE_AWAY) {
            return false;
        }
        try {
            parked.park(group(), record, failure);
        } catch (RuntimeException notParked) {
            Failure.Kind kind = Failure.of(notParked).kind();
            if (kind == Failure.Kind.DATABASE_AWAY || kind == Failure.Kind.CONTENTION) {
                throw new NotParkedException(notParked); // that passes, and costs the event nothing
            }
            error.addSuppressed(notParked);
            log.warn(
                    "Event {} cannot be parked, its partition waits for it: {}",
                    StoredRecord.eventId(record),
                    notParked.toString());
            return false;
        }
        log.info(
                "Event {} of {}-{}@{} is parked, other keys go on: {}",
                StoredRecord.eventId(record),
                record.topic(),
                record.partition(),
                record.offset(),
                failure.reason());
        return true;
    }

    /** Takes the container's note off the record: it is not the sender's. */
    private static int attempt(ConsumerRecord<?, ?> record) {
        if (record instanceof RetriedRecord retried) {
            return retried.attempt();
        }
        Header attempt = record.headers().lastHeader(KafkaHeaders.DELIVERY_ATTEMPT);
        record.headers().remove(KafkaHeaders.DELIVERY_ATTEMPT);
        return attempt == null ? 1 : ByteBuffer.wrap(attempt.value()).getInt();
    }

    private void count(String name, String topic) {
        meters.counter(name, "topic", topic, "group", group()).increment();
    }

    private static String group() {
        String group = KafkaUtils.getConsumerGroupId();
        return group == null ? "none" : group;
    }

    /** Brings a checked exception through the transaction, which it rolls back. */
    private static final class Carrier extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Carrier(Throwable cause) {
            super(cause);
        }

        @Override
        public synchronized Throwable getCause() {
            Throwable cause = super.getCause();
            return cause == null ? this : cause;
        }
    }
}
