package io.milena.wire;

import java.util.Map;

/**
 * What a server grants its clients. Each part is a property of Kafka's; {@link #defaults()} has Kafka's default values.
 *
 * @param maxRequestBytes {@code socket.request.max.bytes}: a longer frame closes its connection
 * @param sendBufferBytes {@code socket.send.buffer.bytes}, -1 for the operating system's
 * @param receiveBufferBytes {@code socket.receive.buffer.bytes}, -1 for the operating system's
 * @param listenBacklog {@code socket.listen.backlog.size}; a shorter queue than 1024 is not made
 * @param maxConnections {@code max.connections} of the process
 * @param maxConnectionsPerIp {@code max.connections.per.ip}
 * @param maxConnectionsPerIpOverrides {@code max.connections.per.ip.overrides}, by address or host name
 * @param idleTimeoutMs {@code connections.max.idle.ms}; negative for never
 * @param maxPendingResponseBytes from this many unsent bytes on, a connection is not read from until its client has read
 * @param maxOverlappingProduces how many produce requests of one connection may wait for their acknowledgement at a time
 * @param drainTimeoutMs how long {@link WireServer#close()} waits for the answers that are on their way
 */
public record WireLimits(
        int maxRequestBytes,
        int sendBufferBytes,
        int receiveBufferBytes,
        int listenBacklog,
        int maxConnections,
        int maxConnectionsPerIp,
        Map<String, Integer> maxConnectionsPerIpOverrides,
        long idleTimeoutMs,
        int maxPendingResponseBytes,
        int maxOverlappingProduces,
        long drainTimeoutMs) {

    private static final WireLimits DEFAULTS = new WireLimits(
            104_857_600,
            102_400,
            102_400,
            50,
            Integer.MAX_VALUE,
            Integer.MAX_VALUE,
            Map.of(),
            600_000,
            1 << 20,
            64,
            500);

    public static WireLimits defaults() {
        return DEFAULTS;
    }

    public WireLimits withMaxRequestBytes(int bytes) {
        return new WireLimits(
                bytes,
                sendBufferBytes,
                receiveBufferBytes,
                listenBacklog,
                maxConnections,
                maxConnectionsPerIp,
                maxConnectionsPerIpOverrides,
                idleTimeoutMs,
                maxPendingResponseBytes,
                maxOverlappingProduces,
                drainTimeoutMs);
    }

    public WireLimits withSocketBuffers(int sendBytes, int receiveBytes, int backlog) {
        return new WireLimits(
                maxRequestBytes,
                sendBytes,
                receiveBytes,
                backlog,
                maxConnections,
                maxConnectionsPerIp,
                maxConnectionsPerIpOverrides,
                idleTimeoutMs,
                maxPendingResponseBytes,
                maxOverlappingProduces,
                drainTimeoutMs);
    }

    public WireLimits withMaxConnections(int all, int perIp, Map<String, Integer> perIpOverrides) {
        return new WireLimits(
                maxRequestBytes,
                sendBufferBytes,
                receiveBufferBytes,
                listenBacklog,
                all,
                perIp,
                Map.copyOf(perIpOverrides),
                idleTimeoutMs,
                maxPendingResponseBytes,
                maxOverlappingProduces,
                drainTimeoutMs);
    }

    public WireLimits withIdleTimeoutMs(long ms) {
        return new WireLimits(
                maxRequestBytes,
                sendBufferBytes,
                receiveBufferBytes,
                listenBacklog,
                maxConnections,
                maxConnectionsPerIp,
                maxConnectionsPerIpOverrides,
                ms,
                maxPendingResponseBytes,
                maxOverlappingProduces,
                drainTimeoutMs);
    }

    public WireLimits withMaxPendingResponseBytes(int bytes) {
        return new WireLimits(
                maxRequestBytes,
                sendBufferBytes,
                receiveBufferBytes,
                listenBacklog,
                maxConnections,
                maxConnectionsPerIp,
                maxConnectionsPerIpOverrides,
                idleTimeoutMs,
                bytes,
                maxOverlappingProduces,
                drainTimeoutMs);
    }
}
