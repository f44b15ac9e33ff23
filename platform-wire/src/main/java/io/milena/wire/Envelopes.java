package io.milena.wire;

import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/** Wraps what a broker forwards to the active controller for its client (KIP-590), and unwraps the answer. */
public final class Envelopes {

    private Envelopes() {}

    /** The client's request, with its header, principal and address, ready to be sent by a {@link NodeClient}. */
    public static EnvelopeRequestData wrap(Exchange<?> exchange) {
        throw new UnsupportedOperationException("under construction");
    }

    /**
     * The response inside an envelope.
     *
     * @throws org.apache.kafka.common.errors.ApiException the envelope's own error, for instance
     *     {@link org.apache.kafka.common.errors.NotControllerException}
     */
    public static ApiMessage unwrap(EnvelopeResponseData envelope, Exchange<?> exchange) {
        throw new UnsupportedOperationException("under construction");
    }
}
