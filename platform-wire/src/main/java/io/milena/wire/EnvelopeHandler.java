package io.milena.wire;

import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Envelope (58): a request that a broker forwards for its client (KIP-590). The embedded request is dispatched into a
 * registry with the client's principal and address, and the answer is wrapped.
 */
public final class EnvelopeHandler implements ApiHandler<EnvelopeRequestData> {

    /** @param forwarded the handlers that forwarded requests may reach */
    public EnvelopeHandler(HandlerRegistry forwarded) {}

    @Override
    public ApiKeys api() {
        return ApiKeys.ENVELOPE;
    }

    @Override
    public void handle(Exchange<EnvelopeRequestData> exchange) {
        throw new UnsupportedOperationException("under construction");
    }
}
