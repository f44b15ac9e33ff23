package io.milena.coordinator.group.consumer;

import org.apache.kafka.common.protocol.Errors;

/** An answer other than the usual one; nothing is decided. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    final transient Errors error;

    Refused(Errors error, String message) {
        super(message, null, false, false);
        this.error = error;
    }
}
