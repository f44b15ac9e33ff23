package io.milena.wire;

import java.util.Optional;

/**
 * How a node talks to another one.
 *
 * @param clientId the client id in request headers
 * @param connectTimeoutMs how long a dial may take; twice as long after each failed one
 * @param connectTimeoutMaxMs how long a dial may take at most
 * @param requestTimeoutMs how long an answer may take, from {@code send} on; then the connection is closed
 * @param reconnectBackoffMs the pause after the first failed dial; doubles with each further one
 * @param reconnectBackoffMaxMs the longest pause
 * @param maxResponseBytes a longer answer closes the connection
 * @param sendBufferBytes -1 for the operating system's
 * @param receiveBufferBytes -1 for the operating system's
 * @param credentials logs in by SASL PLAIN, if present
 * @param tls encrypts the connection, if present
 */
public record NodeClientConfig(
        String clientId,
        int connectTimeoutMs,
        int connectTimeoutMaxMs,
        int requestTimeoutMs,
        int reconnectBackoffMs,
        int reconnectBackoffMaxMs,
        int maxResponseBytes,
        int sendBufferBytes,
        int receiveBufferBytes,
        Optional<PlainCredentials> credentials,
        Optional<TlsSettings> tls) {

    /** A user name and a password for SASL PLAIN. */
    public record PlainCredentials(String user, String password) {
        @Override
        public String toString() {
            return "PlainCredentials[user=" + user + "]";
        }
    }

    /** Plain text, 30 s for requests, 10 s to 30 s for dials, 20 ms to 1 s between dials. */
    public static NodeClientConfig of(String clientId) {
        return new NodeClientConfig(
                clientId,
                10_000,
                30_000,
                30_000,
                20,
                1_000,
                Integer.MAX_VALUE,
                -1,
                -1,
                Optional.empty(),
                Optional.empty());
    }

    public NodeClientConfig withRequestTimeoutMs(int ms) {
        return new NodeClientConfig(
                clientId,
                connectTimeoutMs,
                connectTimeoutMaxMs,
                ms,
                reconnectBackoffMs,
                reconnectBackoffMaxMs,
                maxResponseBytes,
                sendBufferBytes,
                receiveBufferBytes,
                credentials,
                tls);
    }

    /** Dials take at most {@code ms}; twice as long after each failed one, up to {@code maxMs}. */
    public NodeClientConfig withConnectTimeoutMs(int ms, int maxMs) {
        return new NodeClientConfig(
                clientId,
                ms,
                Math.max(ms, maxMs),
                requestTimeoutMs,
                reconnectBackoffMs,
                reconnectBackoffMaxMs,
                maxResponseBytes,
                sendBufferBytes,
                receiveBufferBytes,
                credentials,
                tls);
    }

    /** @param bytes -1 for the operating system's */
    public NodeClientConfig withReceiveBufferBytes(int bytes) {
        return new NodeClientConfig(
                clientId,
                connectTimeoutMs,
                connectTimeoutMaxMs,
                requestTimeoutMs,
                reconnectBackoffMs,
                reconnectBackoffMaxMs,
                maxResponseBytes,
                sendBufferBytes,
                bytes,
                credentials,
                tls);
    }

    public NodeClientConfig withReconnectBackoffMs(int ms, int maxMs) {
        return new NodeClientConfig(
                clientId,
                connectTimeoutMs,
                connectTimeoutMaxMs,
                requestTimeoutMs,
                ms,
                maxMs,
                maxResponseBytes,
                sendBufferBytes,
                receiveBufferBytes,
                credentials,
                tls);
    }

    public NodeClientConfig withSecurity(Optional<PlainCredentials> plain, Optional<TlsSettings> settings) {
        return new NodeClientConfig(
                clientId,
                connectTimeoutMs,
                connectTimeoutMaxMs,
                requestTimeoutMs,
                reconnectBackoffMs,
                reconnectBackoffMaxMs,
                maxResponseBytes,
                sendBufferBytes,
                receiveBufferBytes,
                plain,
                settings);
    }
}
