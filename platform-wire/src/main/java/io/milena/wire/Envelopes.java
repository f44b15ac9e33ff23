package io.milena.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;

/** Wraps what a broker forwards to the active controller for its client (KIP-590), and unwraps the answer. */
public final class Envelopes {

    static final DefaultKafkaPrincipalBuilder PRINCIPALS = new DefaultKafkaPrincipalBuilder(null, null);

    private Envelopes() {}

    /** The client's request, with its header, principal and address, ready to be sent by a {@link NodeClient}. */
    public static EnvelopeRequestData wrap(Exchange<?> exchange) {
        ApiKeys api = exchange.api();
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(exchange.version())
                .setCorrelationId(exchange.correlationId())
                .setClientId(exchange.clientId());
        return new EnvelopeRequestData()
                .setRequestData(serialize(
                        header,
                        api.messageType.requestHeaderVersion(exchange.version()),
                        exchange.request(),
                        exchange.version()))
                .setRequestPrincipal(PRINCIPALS.serialize(exchange.principal()))
                .setClientHostAddress(exchange.clientAddress().getAddress());
    }

    /**
     * The response inside an envelope.
     *
     * @throws org.apache.kafka.common.errors.ApiException the envelope's own error, for instance
     *     {@link org.apache.kafka.common.errors.NotControllerException}
     */
    public static ApiMessage unwrap(EnvelopeResponseData envelope, Exchange<?> exchange) {
        Errors error = Errors.forCode(envelope.errorCode());
        if (error != Errors.NONE) {
            throw error.exception();
        }
        if (envelope.responseData() == null) {
            throw Errors.UNKNOWN_SERVER_ERROR.exception("The envelope is empty.");
        }
        ApiKeys api = exchange.api();
        ByteBufferAccessor bytes =
                new ByteBufferAccessor(envelope.responseData().duplicate());
        new ResponseHeaderData().read(bytes, api.messageType.responseHeaderVersion(exchange.version()));
        ApiMessage response = api.messageType.newResponse();
        response.read(bytes, exchange.version());
        return response;
    }

    static ByteBuffer serializeResponse(ApiKeys api, short version, int correlationId, ApiMessage response) {
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        return serialize(header, api.messageType.responseHeaderVersion(version), response, version);
    }

    private static ByteBuffer serialize(ApiMessage header, short headerVersion, ApiMessage body, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int headerBytes = header.size(cache, headerVersion);
        ByteBuffer bytes = ByteBuffer.allocate(headerBytes + body.size(cache, version));
        ByteBufferAccessor out = new ByteBufferAccessor(bytes);
        header.write(out, cache, headerVersion);
        body.write(out, cache, version);
        bytes.flip();
        return bytes;
    }
}
