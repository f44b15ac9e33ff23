package io.milena.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/**
 * The authentication of one connection by SASL PLAIN (RFC 4616).
 *
 * <pre>
 * HANDSHAKE -- SaslHandshake v1 --> TOKEN      -- SaslAuthenticate, right password --> AUTHENTICATED
 *           -- SaslHandshake v0 --> BARE_TOKEN -- token without header, likewise   --> AUTHENTICATED
 * </pre>
 *
 * On the event loop only.
 */
final class SaslSession {

    static final String MECHANISM = "PLAIN";

    /** Longer frames are refused before authentication: {@code sasl.server.max.receive.size}. */
    static final int MAX_FRAME_BYTES = 524_288;

    /** Slows down guessing: {@code connection.failed.authentication.delay.ms}. */
    private static final int FAILURE_DELAY_MS = 100;

    private enum Step {
        HANDSHAKE,
        TOKEN,
        BARE_TOKEN,
        AUTHENTICATED
    }

    private final ServerConnection connection;
    private final Map<String, String> passwords;
    private Step step = Step.HANDSHAKE;

    SaslSession(ServerConnection connection, Map<String, String> passwords) {
        this.connection = connection;
        this.passwords = passwords;
    }

    static boolean mayPrecede(ApiKeys api) {
        return api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
    }

    boolean isAuthenticated() {
        return step == Step.AUTHENTICATED;
    }

    boolean expectsHandshake() {
        return step == Step.HANDSHAKE;
    }

    boolean expectsToken() {
        return step == Step.TOKEN;
    }

    boolean expectsBareToken() {
        return step == Step.BARE_TOKEN;
    }

    void handshaken(short version) {
        step = version == 0 ? Step.BARE_TOKEN : Step.TOKEN;
    }

    /** Checks what the client says it is; a success lets it in. */
    boolean authenticate(byte[] token) {
        String[] parts = new String(token, StandardCharsets.UTF_8).split("\0", -1);
        if (parts.length != 3) {
            return false;
        }
        String authorizationId = parts[0];
        String user = parts[1];
        String expected = passwords.get(user);
        boolean right = expected != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), parts[2].getBytes(StandardCharsets.UTF_8))
                && (authorizationId.isEmpty() || authorizationId.equals(user));
        if (right) {
            step = Step.AUTHENTICATED;
            connection.authenticated(new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user));
        }
        return right;
    }

    /** Takes the token of a client that speaks SASL without Kafka's request headers, as was done before KIP-152. */
    void bareToken(ByteBuf frame) {
        byte[] token = new byte[frame.readableBytes()];
        frame.readBytes(token);
        if (!authenticate(token)) {
            throw new RefusedException("authentication by SASL PLAIN failed");
        }
        connection.sendBare(emptyToken(frame));
    }

    void afterFailureDelay(Runnable answer) {
        connection.loop().schedule(answer, FAILURE_DELAY_MS, TimeUnit.MILLISECONDS);
    }

    private static ByteBuf emptyToken(ByteBuf frame) {
        return frame.alloc().directBuffer(4).writeInt(0);
    }
}
