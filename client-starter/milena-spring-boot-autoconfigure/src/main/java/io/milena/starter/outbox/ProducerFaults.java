package io.milena.starter.outbox;

import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
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
}
