package io.milena.starter.outbox;

import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;

/** What a failure of the producer means. */
final class ProducerFaults {

    private ProducerFaults() {}

    /** The broker's or the network's trouble, not the record's. */
    static boolean passesByItself(Exception error) {
        return error instanceof RetriableException || needsNewProducer(error);
    }

    /** The producer will not recover; another one may. */
    static boolean needsNewProducer(Exception error) {
        return error instanceof OutOfOrderSequenceException
                || error instanceof UnknownProducerIdException
                || error instanceof InvalidPidMappingException
                || error instanceof ProducerFencedException
                || error instanceof AuthenticationException
                || error instanceof IllegalStateException;
    }

    /** What to do about it, if we know. */
    static String advice(Exception error) {
        if (error instanceof RecordTooLargeException) {
            return ". Raise max.message.bytes of the topic (and max.request.size of the producer), or delete the event from"
                    + " outbox_event; its key waits until then";
        }
        if (error instanceof TopicAuthorizationException) {
            return ". Allow this service to write to the topic";
        }
        if (error instanceof TimeoutException
                && String.valueOf(error.getMessage()).contains("metadata")) {
            return ". If the topic is missing, create it or declare it as a NewTopic bean";
        }
        return "";
    }
}
