package io.milena.starter.outbox;

import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.UnknownProducerIdException;

/** Which failures a producer does not recover from by itself. */
final class ProducerFaults {

    private ProducerFaults() {}

    static boolean needsNewProducer(Exception error) {
        return error instanceof OutOfOrderSequenceException
                || error instanceof UnknownProducerIdException
                || error instanceof InvalidPidMappingException
                || error instanceof ProducerFencedException
                || error instanceof AuthenticationException
                || error instanceof IllegalStateException;
    }
}
