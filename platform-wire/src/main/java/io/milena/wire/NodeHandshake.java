package io.milena.wire;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * What goes over a new connection before the first request: ApiVersions, once more at an older version if the other node is
 * older, then SASL PLAIN if there are credentials. Each step is begun by the answer to the one before.
 */
final class NodeHandshake {

    private static final String SOFTWARE = "milena";
    private static final String SOFTWARE_VERSION = "0.1.0";

    private final NodeConnection connection;
    private final Optional<NodeClientConfig.PlainCredentials> credentials;
    private final long deadlineNs;
    private final Consumer<ApiVersionsResponseData> ready;

    NodeHandshake(
            NodeConnection connection,
            Optional<NodeClientConfig.PlainCredentials> credentials,
            long deadlineNs,
            Consumer<ApiVersionsResponseData> ready) {
        this.connection = connection;
        this.credentials = credentials;
        this.deadlineNs = deadlineNs;
        this.ready = ready;
    }

    void begin() {
        askVersions(ApiKeys.API_VERSIONS.latestVersion(false), true);
    }

    private void askVersions(short version, boolean mayRepeat) {
        ApiVersionsRequestData request =
                new ApiVersionsRequestData().setClientSoftwareName(SOFTWARE).setClientSoftwareVersion(SOFTWARE_VERSION);
        step(request, version, response -> {
            ApiVersionsResponseData told = (ApiVersionsResponseData) response;
            Errors error = Errors.forCode(told.errorCode());
            if (error == Errors.UNSUPPORTED_VERSION && mayRepeat) {
                ApiVersion theirs = told.apiKeys().find(ApiKeys.API_VERSIONS.id);
                askVersions(theirs == null ? 0 : (short) Math.min(theirs.maxVersion(), version), false);
            } else if (error != Errors.NONE) {
                connection.close(new UnsupportedVersionException("ApiVersions was answered with " + error + "."));
            } else {
                authenticate(told);
            }
        });
    }

    private void authenticate(ApiVersionsResponseData told) {
        if (credentials.isEmpty()) {
            ready.accept(told);
            return;
        }
        SaslHandshakeRequestData handshake = new SaslHandshakeRequestData().setMechanism(SaslSession.MECHANISM);
        step(handshake, (short) 1, response -> {
            short error = ((SaslHandshakeResponseData) response).errorCode();
            if (error != Errors.NONE.code()) {
                connection.close(new SaslAuthenticationException("SASL PLAIN was refused: " + Errors.forCode(error)));
            } else {
                sendToken(credentials.get(), told);
            }
        });
    }

    private void sendToken(NodeClientConfig.PlainCredentials plain, ApiVersionsResponseData told) {
        step(new SaslAuthenticateRequestData().setAuthBytes(token(plain)), (short) 1, response -> {
            SaslAuthenticateResponseData answer = (SaslAuthenticateResponseData) response;
            if (answer.errorCode() != Errors.NONE.code()) {
                connection.close(new SaslAuthenticationException(answer.errorMessage()));
            } else {
                renewBeforeItExpires(plain, answer.sessionLifetimeMs());
                ready.accept(told);
            }
        });
    }

    /** A connection's authentication may have a limited life (KIP-368): it is renewed at 85 % of it, with requests under way. */
    private void renewBeforeItExpires(NodeClientConfig.PlainCredentials plain, long lifetimeMs) {
        if (lifetimeMs > 0) {
            connection.schedule(() -> renew(plain), lifetimeMs * 85 / 100);
        }
    }

    /** Both requests at once, so that none of another kind comes between them. */
    private void renew(NodeClientConfig.PlainCredentials plain) {
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        NodeCall handshake =
                NodeCall.of(new SaslHandshakeRequestData().setMechanism(SaslSession.MECHANISM), (short) 1, untilNs);
        handshake.version = 1;
        NodeCall token = NodeCall.of(new SaslAuthenticateRequestData().setAuthBytes(token(plain)), (short) 1, untilNs);
        token.version = 1;
        token.future.thenAccept(response -> {
            SaslAuthenticateResponseData answer = (SaslAuthenticateResponseData) response;
            if (answer.errorCode() != Errors.NONE.code()) {
                connection.close(new SaslAuthenticationException(answer.errorMessage()));
            } else {
                renewBeforeItExpires(plain, answer.sessionLifetimeMs());
            }
        });
        connection.write(handshake);
        connection.write(token);
    }

    private static byte[] token(NodeClientConfig.PlainCredentials plain) {
        return ("\0" + plain.user() + "\0" + plain.password()).getBytes(StandardCharsets.UTF_8);
    }

    private void step(ApiMessage request, short version, Consumer<ApiMessage> next) {
        NodeCall call = NodeCall.of(request, version, deadlineNs);
        call.version = version;
        call.future.thenAccept(next);
        connection.write(call);
    }
}
