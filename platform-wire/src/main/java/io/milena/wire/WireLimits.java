package io.milena.wire;

import java.util.Map;

/** What a server grants its clients. Most parts are properties of Kafka's; {@link #defaults()} has Kafka's default values. */
public record WireLimits(Requests requests, Sockets sockets, Connections connections, Answers answers) {

    private static final WireLimits DEFAULTS = new WireLimits(
            new Requests(104_857_600, 64, 60_000, 120_000),
            new Sockets(102_400, 102_400, 50),
            new Connections(Integer.MAX_VALUE, Integer.MAX_VALUE, Map.of(), 600_000),
            new Answers(1 << 20, 500));

    /**
     * @param maxBytes {@code socket.request.max.bytes}: a longer frame closes its connection
     * @param maxOverlappingProduces how many produce requests of one connection may wait for their acknowledgement at a time
     * @param maxStallMs how long a frame that has begun may wait for its next byte
     * @param maxUnansweredMs how long a handler may owe the answer of a request that does not wait for something by its nature
     */
    public record Requests(int maxBytes, int maxOverlappingProduces, long maxStallMs, long maxUnansweredMs) {

        public Requests withMaxBytes(int bytes) {
            return new Requests(bytes, maxOverlappingProduces, maxStallMs, maxUnansweredMs);
        }

        Requests withTimes(long stallMs, long unansweredMs) {
            return new Requests(maxBytes, maxOverlappingProduces, stallMs, unansweredMs);
        }
    }

    /**
     * @param sendBufferBytes {@code socket.send.buffer.bytes}, -1 for the operating system's
     * @param receiveBufferBytes {@code socket.receive.buffer.bytes}, -1 for the operating system's
     * @param backlog {@code socket.listen.backlog.size}; a shorter queue than 1024 is not made
     */
    public record Sockets(int sendBufferBytes, int receiveBufferBytes, int backlog) {}

    /**
     * @param max {@code max.connections} of the process
     * @param maxPerIp {@code max.connections.per.ip}
     * @param maxPerIpOverrides {@code max.connections.per.ip.overrides}, by address or host name
     * @param maxIdleMs {@code connections.max.idle.ms}; negative for never
     */
    public record Connections(int max, int maxPerIp, Map<String, Integer> maxPerIpOverrides, long maxIdleMs) {

        public Connections {
            maxPerIpOverrides = Map.copyOf(maxPerIpOverrides);
        }

        Connections withMaxIdleMs(long ms) {
            return new Connections(max, maxPerIp, maxPerIpOverrides, ms);
        }
    }

    /**
     * @param maxUnreadBytes from this many unsent bytes on, a connection is not read from until its client has read
     * @param drainTimeoutMs how long {@link WireServer#close()} waits for the answers that are on their way
     */
    public record Answers(int maxUnreadBytes, long drainTimeoutMs) {}

    public static WireLimits defaults() {
        return DEFAULTS;
    }

    public WireLimits with(Requests changed) {
        return new WireLimits(changed, sockets, connections, answers);
    }

    public WireLimits with(Sockets changed) {
        return new WireLimits(requests, changed, connections, answers);
    }

    public WireLimits with(Connections changed) {
        return new WireLimits(requests, sockets, changed, answers);
    }

    public WireLimits with(Answers changed) {
        return new WireLimits(requests, sockets, connections, changed);
    }
}
