package io.milena.broker.control;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestUtils;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Hands a client's request to the active controller, wrapped in an Envelope with the client's principal and address (KIP-590),
 * and the controller's answer back to the client. Runs on event loops; nothing blocks.
 */
public final class ForwardingHandler implements ApiHandler<ApiMessage> {
    /** What the controller decides and a broker only passes on. */
    private static final List<ApiKeys> FORWARDED = List.of(
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.CREATE_ACLS,
            ApiKeys.DELETE_ACLS,
            ApiKeys.ELECT_LEADERS,
            ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
            ApiKeys.LIST_PARTITION_REASSIGNMENTS,
            ApiKeys.ALTER_CLIENT_QUOTAS,
            ApiKeys.ALTER_USER_SCRAM_CREDENTIALS,
            ApiKeys.DESCRIBE_QUORUM,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.UNREGISTER_BROKER,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.REMOVE_RAFT_VOTER);

    private static final long TIMEOUT_MS = 30_000;
    private static final DefaultKafkaPrincipalBuilder PRINCIPALS = new DefaultKafkaPrincipalBuilder(null, null);

    private final ApiKeys api;
    private final ControllerChannel channel;

    ForwardingHandler(ApiKeys api, ControllerChannel channel) {
        this.api = api;
        this.channel = channel;
    }

    /** One handler for each forwarded API. */
    public static List<ForwardingHandler> all(ControllerChannel channel) {
        return FORWARDED.stream()
                .map(api -> new ForwardingHandler(api, channel))
                .toList();
    }

    @Override
    public ApiKeys api() {
        return api;
    }

    @Override
    public void handle(Exchange<ApiMessage> exchange) {
        forward(exchange, exchange.request()).whenComplete((answer, error) -> {
            if (answer != null) {
                exchange.respond(answer);
            } else {
                exchange.fail(failure(error));
            }
        });
    }

    /** Lets the controller answer {@code request}, which may be a part of what the client sent, in the client's name. */
    CompletableFuture<ApiMessage> forward(Exchange<?> exchange, ApiMessage request) {
        return channel.send(envelope(exchange, request), TIMEOUT_MS)
                .thenApply(answer -> unwrapped(answer, exchange.version()));
    }

    /** Why a future of {@link #forward} has no answer. */
    static Throwable failure(@Nullable Throwable error) {
        if (error == null) {
            return new UnknownServerException("No answer from the controller");
        }
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }

    private ApiMessage unwrapped(ApiMessage answer, short version) {
        EnvelopeResponseData envelope = (EnvelopeResponseData) answer;
        Errors code = Errors.forCode(envelope.errorCode());
        if (code != Errors.NONE) {
            throw code.exception("The controller did not take the forwarded " + api + ": " + code.message());
        }
        return embeddedResponse(envelope, version);
    }

    private EnvelopeRequestData envelope(Exchange<?> exchange, ApiMessage body) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(exchange.version())
                .setCorrelationId(exchange.correlationId())
                .setClientId(exchange.clientId());
        ByteBuffer request =
                RequestUtils.serialize(header, api.requestHeaderVersion(exchange.version()), body, exchange.version());
        return new EnvelopeRequestData()
                .setRequestData(request)
                .setRequestPrincipal(PRINCIPALS.serialize(exchange.principal()))
                .setClientHostAddress(exchange.clientAddress().getAddress());
    }

    private ApiMessage embeddedResponse(EnvelopeResponseData envelope, short version) {
        ByteBuffer bytes = envelope.responseData();
        if (bytes == null) {
            throw new UnknownServerException("The controller answered the forwarded " + api + " without a response");
        }
        ByteBufferAccessor in = new ByteBufferAccessor(bytes.duplicate());
        new ResponseHeaderData(in, api.responseHeaderVersion(version));
        ApiMessage response = api.messageType.newResponse();
        response.read(in, version);
        return response;
    }
}
