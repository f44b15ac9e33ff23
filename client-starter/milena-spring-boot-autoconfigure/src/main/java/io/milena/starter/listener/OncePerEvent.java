package io.milena.starter.listener;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventContext;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventInfo;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.listener.ListenerProperties.UnknownTypes;
import io.milena.starter.trace.Tracing;
import java.nio.ByteBuffer;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.KafkaUtils;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Around each call of a listener: skips what is not for this service, binds the event's context and trace, opens the transaction, asks the inbox. The container
 * commits the offset afterwards, so a crash in between leads to a redelivery that the inbox recognises.
 */
final class OncePerEvent implements MethodInterceptor {

    private final EventCodec codec;
    private final TransactionOperations transactions;
    private final @Nullable Inbox inbox;
    private final UnknownTypes unknownTypes;
    private final MeterRegistry meters;
    private final Tracing tracing;

    OncePerEvent(
            EventCodec codec,
            TransactionOperations transactions,
            @Nullable Inbox inbox,
            UnknownTypes unknownTypes,
            MeterRegistry meters,
            Tracing tracing) {
        this.codec = codec;
        this.transactions = transactions;
        this.inbox = inbox;
        this.unknownTypes = unknownTypes;
        this.meters = meters;
        this.tracing = tracing;
    }

    @Override
    public @Nullable Object invoke(MethodInvocation call) throws Throwable {
        if (call.getArguments().length == 0 || !(call.getArguments()[0] instanceof ConsumerRecord<?, ?> record)) {
            return call.proceed();
        }
        String type = EventHeaders.read(record.headers(), EventHeaders.TYPE);
        if (type != null && unknownTypes == UnknownTypes.SKIP && codec.types().classOf(type) == null) {
            count("milena.events.skipped", record.topic());
            return null;
        }
        EventInfo info = codec.info(record);
        int attempt = attempt(record);
        try (Tracing.Handling handling = tracing.handle(record, info, group(), attempt);
                EventContext.Scope context = EventContext.ofEvent(
                                info, attempt, name -> EventHeaders.read(record.headers(), name))
                        .open()) {
            try {
                transactions.executeWithoutResult(status -> handleOnce(call, info, record));
            } catch (Carrier carrier) {
                handling.failed(carrier.getCause());
                throw carrier.getCause();
            } catch (RuntimeException | Error e) {
                handling.failed(e);
                throw e;
            }
        }
        return null;
    }

    private void handleOnce(MethodInvocation call, EventInfo info, ConsumerRecord<?, ?> record) {
        if (inbox != null && !inbox.remember(group(), info.id())) {
            count("milena.events.duplicates", record.topic());
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

    private static int attempt(ConsumerRecord<?, ?> record) {
        Header attempt = record.headers().lastHeader(KafkaHeaders.DELIVERY_ATTEMPT);
        record.headers().remove(KafkaHeaders.DELIVERY_ATTEMPT); // the container's note, not the sender's
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
