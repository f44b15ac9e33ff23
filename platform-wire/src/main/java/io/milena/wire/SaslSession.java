package io.milena.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;

/**
 * The authentication of one connection by SASL PLAIN (RFC 4616), and its renewal when it expires (KIP-368).
 *
 * <pre>
 * HANDSHAKE -- SaslHandshake v1 --> TOKEN      -- SaslAuthenticate, right password --> AUTHENTICATED
 *           -- SaslHandshake v0 --> BARE_TOKEN -- token without header, likewise   --> AUTHENTICATED
 *                                                     -- wrong password, either way --> FAILED: closed after a delay
 * AUTHENTICATED -- SaslHandshake, where authentications expire --> TOKEN
 * </pre>
 *
 * On the event loop only.
 */
final class SaslSession {

    static final String MECHANISM = "PLAIN";

    /** A client that renews its authentication more often is taken for one that does not know how to (as in Kafka). */
    private static final long MIN_RENEWAL_NS = TimeUnit.SECONDS.toNanos(1);

    private enum Step {
        HANDSHAKE,
        TOKEN,
        BARE_TOKEN,
        AUTHENTICATED,
        FAILED
    }

    private final ServerConnection connection;
    private final SaslSettings settings;
    private Step step = Step.HANDSHAKE;
    private @Nullable KafkaPrincipal known;
    private long authenticatedNs;

    SaslSession(ServerConnection connection, SaslSettings settings) {
        this.connection = connection;
        this.settings = settings;
    }

    static boolean mayPrecede(ApiKeys api) {
        return api == ApiKeys.API_VERSIONS || api == ApiKeys.SASL_HANDSHAKE || api == ApiKeys.SASL_AUTHENTICATE;
    }

    /** Whether a request of this API may be begun now. */
    void requireAllowed(ApiKeys api) {
        if (step != Step.AUTHENTICATED) {
            if (!mayPrecede(api)) {
                throw new RefusedException(api + " came before authentication");
            }
        } else if (settings.maxReauthMs() > 0 && api != ApiKeys.SASL_HANDSHAKE && ageNs() > maxAgeNs()) {
            throw new RefusedException("the authentication has expired (connections.max.reauth.ms="
                    + settings.maxReauthMs() + ") and the client did not renew it");
        }
    }

    boolean isAuthenticated() {
        return step == Step.AUTHENTICATED;
    }

    /** Whether the connection is about to be closed, and nothing is taken from it any more. */
    boolean hasFailed() {
        return step == Step.FAILED;
    }

    boolean expectsHandshake() {
        return step == Step.HANDSHAKE || mayRenew();
    }

    private boolean mayRenew() {
        return step == Step.AUTHENTICATED && settings.maxReauthMs() > 0 && ageNs() >= MIN_RENEWAL_NS;
    }

    boolean expectsToken() {
        return step == Step.TOKEN;
    }

    boolean expectsBareToken() {
        return step == Step.BARE_TOKEN;
    }

    /** How long the authentication is good for, as SaslAuthenticate tells it; 0 for ever. */
    long lifetimeMs() {
        return settings.maxReauthMs();
    }

    void handshaken(short version) {
        step = version == 0 ? Step.BARE_TOKEN : Step.TOKEN;
    }

    /** Checks what the client says it is, which lets it in. Returns what is wrong, null if nothing is. */
    @Nullable
    String authenticate(byte[] token) {
        String[] parts = new String(token, StandardCharsets.UTF_8).split("\0", -1);
        if (parts.length != 3 || !isRight(parts[0], parts[1], parts[2])) {
            step = Step.FAILED;
            return "Authentication failed: Invalid username or password";
        }
        KafkaPrincipal user = new KafkaPrincipal(KafkaPrincipal.USER_TYPE, parts[1]);
        if (known != null && !known.equals(user)) {
            step = Step.FAILED;
            return "Cannot change principals during re-authentication from %s.%s: %s.%s"
                    .formatted(known.getPrincipalType(), known.getName(), user.getPrincipalType(), user.getName());
        }
        known = user;
        authenticatedNs = System.nanoTime();
        step = Step.AUTHENTICATED;
        connection.authenticated(user);
        return null;
    }

    private boolean isRight(String authorizationId, String user, String password) {
        String expected = settings.passwordsByUser().get(user);
        return expected != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), password.getBytes(StandardCharsets.UTF_8))
                && (authorizationId.isEmpty() || authorizationId.equals(user));
    }

    /** Takes the token of a client that speaks SASL without Kafka's request headers, as was done before KIP-152. */
    void bareToken(ByteBuf frame) {
        byte[] token = new byte[frame.readableBytes()];
        frame.readBytes(token);
        String wrong = authenticate(token);
        if (wrong == null) {
            connection.sendBare(emptyToken(frame));
        } else {
            afterFailureDelay(() -> connection.refuse("authentication by SASL PLAIN failed"));
        }
    }

    /** Tells of a failure late, which slows down guessing; nothing is taken from the client meanwhile. */
    void afterFailureDelay(Runnable answer) {
        step = Step.FAILED;
        connection.reading(false);
        connection.loop().schedule(answer, settings.failureDelayMs(), TimeUnit.MILLISECONDS);
    }

    private long ageNs() {
        return System.nanoTime() - authenticatedNs;
    }

    private long maxAgeNs() {
        return TimeUnit.MILLISECONDS.toNanos(settings.maxReauthMs());
    }

    private static ByteBuf emptyToken(ByteBuf frame) {
        return frame.alloc().directBuffer(4).writeInt(0);
    }
}
