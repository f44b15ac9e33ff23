package io.milena.wire;

import java.util.Map;

/**
 * How the clients of a SASL listener authenticate themselves: by PLAIN (RFC 4616), the only mechanism there is.
 *
 * @param passwordsByUser {@code plain.sasl.jaas.config}
 * @param maxReceiveBytes {@code sasl.server.max.receive.size}: longer frames are refused before authentication
 * @param failureDelayMs {@code connection.failed.authentication.delay.ms}: how late a failure is told, against guessing
 * @param maxReauthMs {@code connections.max.reauth.ms}: how long an authentication is good for (KIP-368); 0 for ever
 * @param loginTimeoutMs how long a connection may take to authenticate itself
 */
public record SaslSettings(
        Map<String, String> passwordsByUser,
        int maxReceiveBytes,
        int failureDelayMs,
        long maxReauthMs,
        long loginTimeoutMs) {

    private static final int MAX_RECEIVE_BYTES = 524_288;
    private static final int FAILURE_DELAY_MS = 100;
    private static final long LOGIN_TIMEOUT_MS = 30_000;

    public SaslSettings {
        passwordsByUser = Map.copyOf(passwordsByUser);
    }

    /** With Kafka's default values. */
    public static SaslSettings plain(Map<String, String> passwordsByUser) {
        return new SaslSettings(passwordsByUser, MAX_RECEIVE_BYTES, FAILURE_DELAY_MS, 0, LOGIN_TIMEOUT_MS);
    }

    public SaslSettings withMaxReceiveBytes(int bytes) {
        return new SaslSettings(passwordsByUser, bytes, failureDelayMs, maxReauthMs, loginTimeoutMs);
    }

    public SaslSettings withFailureDelayMs(int ms) {
        return new SaslSettings(passwordsByUser, maxReceiveBytes, ms, maxReauthMs, loginTimeoutMs);
    }

    public SaslSettings withMaxReauthMs(long ms) {
        return new SaslSettings(passwordsByUser, maxReceiveBytes, failureDelayMs, ms, loginTimeoutMs);
    }

    SaslSettings withLoginTimeoutMs(long ms) {
        return new SaslSettings(passwordsByUser, maxReceiveBytes, failureDelayMs, maxReauthMs, ms);
    }

    @Override
    public String toString() {
        return "SaslSettings[users=" + passwordsByUser.keySet() + "]";
    }
}
