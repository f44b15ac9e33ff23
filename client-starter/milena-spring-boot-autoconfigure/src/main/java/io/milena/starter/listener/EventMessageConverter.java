package io.milena.starter.listener;

import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventInfo;
import java.lang.reflect.Type;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.support.converter.RecordMessageConverter;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.MessageBuilder;

/** Turns a record into a message whose payload is the event. */
final class EventMessageConverter implements RecordMessageConverter {

    /** The message header that carries the {@link EventInfo}. */
    static final String INFO = "milena_event_info";

    private final EventCodec codec;

    EventMessageConverter(EventCodec codec) {
        this.codec = codec;
    }

    @Override
    public Message<?> toMessage(
            ConsumerRecord<?, ?> record,
            @Nullable Object acknowledgment,
            @Nullable Object consumer,
            @Nullable Type payloadType) {
        EventInfo info = codec.info(record);
        return MessageBuilder.withPayload(codec.read(info, (byte[]) record.value()))
                .setHeader(INFO, info)
                .setHeader(KafkaHeaders.RECEIVED_TOPIC, record.topic())
                .setHeader(KafkaHeaders.RECEIVED_PARTITION, record.partition())
                .setHeader(KafkaHeaders.OFFSET, record.offset())
                .setHeader(KafkaHeaders.RECEIVED_KEY, record.key())
                .build();
    }

    @Override
    public ProducerRecord<?, ?> fromMessage(Message<?> message, @Nullable String defaultTopic) {
        throw new UnsupportedOperationException("events leave through the Outbox");
    }
}
