package io.milena.starter.listener;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.listener.ConsumerRecordRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer.HeaderNames.HeadersToAdd;
import org.springframework.kafka.support.KafkaUtils;

/**
 * Publishes what could not be handled, bytes and headers unchanged, with Spring Kafka's headers on origin and exception and
 * two of our own. The offset moves on only after the dead letter is acknowledged.
 */
public final class DeadLetters {

    /** Header: one sentence on why. */
    public static final String REASON = "milena_dlt_reason";

    /** Header: the group that gave up. */
    public static final String GROUP = "milena_dlt_group";

    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private DeadLetters() {}

    static ConsumerRecordRecoverer recoverer(KafkaOperations<String, byte[]> operations, String suffix) {
        DeadLetterPublishingRecoverer publisher = new DeadLetterPublishingRecoverer(
                operations, (record, error) -> new TopicPartition(record.topic() + suffix, -1));
        publisher.setFailIfSendResultIsError(true);
        publisher.setRetainExceptionHeader(true);
        publisher.excludeHeader(HeadersToAdd.EX_STACKTRACE);
        publisher.addHeadersFunction(DeadLetters::headers);
        return (record, error) -> {
            publisher.accept(record, null, error);
            log.warn(
                    "Event {}-{}@{} (key {}) went to {}: {}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    record.key(),
                    record.topic() + suffix,
                    Failures.reason(error));
        };
    }

    private static Headers headers(ConsumerRecord<?, ?> record, Exception error) {
        Headers headers = new RecordHeaders();
        headers.add(REASON, Failures.reason(error).getBytes(StandardCharsets.UTF_8));
        String group = KafkaUtils.getConsumerGroupId();
        if (group != null) {
            headers.add(GROUP, group.getBytes(StandardCharsets.UTF_8));
        }
        return headers;
    }
}
