package io.milena.starter.deadletter;

import io.milena.starter.event.EventHeaders;
import io.milena.starter.retry.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.springframework.kafka.core.KafkaOperations;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * Writes dead letters: bytes and headers of the original, and why it could not be handled. A letter that is too large by what it says about
 * itself goes without its value, then without its large headers; they lie where the headers point. Returns when the broker has acknowledged. Thread-safe.
 */
public final class DeadLetterPublisher {

    private static final int LARGE_HEADER = 1_000;

    private final KafkaOperations<String, byte[]> operations;
    private final String suffix;
    private final Duration timeout;

    /**
     * @param operations sends bytes unchanged
     * @param suffix what makes a topic's name that of its dead letters
     * @param timeout how long the broker may take
     */
    public DeadLetterPublisher(KafkaOperations<String, byte[]> operations, String suffix, Duration timeout) {
        this.operations = operations;
        this.suffix = suffix;
        this.timeout = timeout;
    }

    /** @throws KafkaException if the dead letter is not known to be written */
    public void publish(ConsumerRecord<?, ?> original, String group, int attempts, Failure failure) {
        String topic = original.topic() + suffix;
        ProducerRecord<String, byte[]> letter = new ProducerRecord<>(
                topic,
                null,
                original.key() == null ? null : original.key().toString(),
                (byte[]) original.value(),
                original.headers());
        describe(letter.headers(), original, group, attempts, failure);
        if (isWritten(letter)) {
            return;
        }
        ProducerRecord<String, byte[]> shorter = letter.value() == null ? letter : withoutValue(letter);
        if (letter.value() == null || !isWritten(shorter)) {
            send(withoutLargeHeaders(shorter));
        }
    }

    /** False if it is too large. */
    private boolean isWritten(ProducerRecord<String, byte[]> letter) {
        try {
            send(letter);
            return true;
        } catch (KafkaException e) {
            if (!(innermost(e) instanceof RecordTooLargeException)) {
                throw e;
            }
            return false;
        }
    }

    private void send(ProducerRecord<String, byte[]> letter) {
        try {
            operations.send(letter).get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | KafkaException | org.springframework.kafka.KafkaException e) {
            throw notWritten(letter.topic(), e);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no dead letter topic " + letter.topic() + " answered within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }

    private static ProducerRecord<String, byte[]> withoutValue(ProducerRecord<String, byte[]> letter) {
        ProducerRecord<String, byte[]> shorter =
                new ProducerRecord<>(letter.topic(), null, letter.key(), new byte[0], letter.headers());
        put(shorter.headers(), DeadLetterHeaders.OMITTED, "the value of " + letter.value().length + " bytes");
        return shorter;
    }

    private static ProducerRecord<String, byte[]> withoutLargeHeaders(ProducerRecord<String, byte[]> letter) {
        ProducerRecord<String, byte[]> shorter =
                new ProducerRecord<>(letter.topic(), null, letter.key(), letter.value(), letter.headers());
        for (Header header : letter.headers()) {
            if (!isOurs(header) && header.value() != null && header.value().length > LARGE_HEADER) {
                shorter.headers().remove(header.key());
            }
        }
        String before = EventHeaders.read(letter.headers(), DeadLetterHeaders.OMITTED);
        put(
                shorter.headers(),
                DeadLetterHeaders.OMITTED,
                (before == null ? "" : before + ", ") + "headers of more than " + LARGE_HEADER + " bytes");
        return shorter;
    }

    private static boolean isOurs(Header header) {
        return header.key().startsWith("milena_dlt_") || header.key().startsWith("kafka_dlt-");
    }

    private static Throwable innermost(Throwable error) {
        Throwable innermost = error;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        return innermost;
    }

    private static KafkaException notWritten(String topic, Exception error) {
        Throwable innermost = innermost(error);
        boolean topicMayBeMissing = innermost instanceof UnknownTopicOrPartitionException
                || (innermost instanceof TimeoutException
                        && String.valueOf(innermost.getMessage()).contains("metadata"));
        return new KafkaException(
                "no dead letter in " + topic + " (" + innermost.getMessage() + ")"
                        + (topicMayBeMissing
                                ? "; if the topic is missing, create it or declare it as a NewTopic bean"
                                : ""),
                error);
    }

    private static void describe(
            Headers headers, ConsumerRecord<?, ?> original, String group, int attempts, Failure failure) {
        put(headers, DeadLetterHeaders.REASON, failure.reason());
        put(headers, DeadLetterHeaders.EXCEPTION, failure.exception());
        put(headers, DeadLetterHeaders.ATTEMPTS, Integer.toString(attempts));
        put(headers, DeadLetterHeaders.GROUP, group);
        put(headers, DeadLetterHeaders.TOPIC, original.topic());
        put(headers, DeadLetterHeaders.PARTITION, Integer.toString(original.partition()));
        put(headers, DeadLetterHeaders.OFFSET, Long.toString(original.offset()));
        // what tools for Spring Kafka look for, in its types
        put(headers, KafkaHeaders.DLT_ORIGINAL_TOPIC, original.topic());
        put(
                headers,
                KafkaHeaders.DLT_ORIGINAL_PARTITION,
                ByteBuffer.allocate(4).putInt(original.partition()).array());
        put(headers, KafkaHeaders.DLT_ORIGINAL_OFFSET, number(original.offset()));
        put(headers, KafkaHeaders.DLT_ORIGINAL_TIMESTAMP, number(original.timestamp()));
        put(headers, KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP, group);
        put(headers, KafkaHeaders.DLT_EXCEPTION_FQCN, failure.exception());
        put(headers, KafkaHeaders.DLT_EXCEPTION_MESSAGE, failure.reason());
    }

    private static byte[] number(long number) {
        return ByteBuffer.allocate(8).putLong(number).array();
    }

    private static void put(Headers headers, String name, String value) {
        put(headers, name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(Headers headers, String name, byte[] value) {
        headers.remove(name); // of an earlier death
        headers.add(name, value);
    }
}
