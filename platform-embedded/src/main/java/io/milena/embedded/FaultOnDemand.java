package io.milena.embedded;

import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with requests of clients: an answer with an error, a delay, or a broken connection. Other brokers' requests
 * to a leader are left alone.
 *
 * <pre>{@code
 * cluster.faults().add(FaultOnDemand.on("PRODUCE").topic("orders").error("NOT_LEADER_OR_FOLLOWER").times(2));
 * cluster.faults().add(FaultOnDemand.on("FETCH").delay(Duration.ofSeconds(1)));
 * cluster.faults().add(FaultOnDemand.on("OFFSET_COMMIT").disconnect());
 * }</pre>
 *
 * Immutable: each method returns another fault. Without an error, a delay or a disconnection a fault does nothing.
 */
public final class FaultOnDemand {
    private final ApiKeys api;
    private final @Nullable String topic;
    private final int broker;
    private final int times;
    private final Errors error;
    private final Duration delay;
    private final boolean disconnecting;

    private FaultOnDemand(
            ApiKeys api,
            @Nullable String topic,
            int broker,
            int times,
            Errors error,
            Duration delay,
            boolean disconnecting) {
        this.api = api;
        this.topic = topic;
        this.broker = broker;
        this.times = times;
        this.error = error;
        this.delay = delay;
        this.disconnecting = disconnecting;
    }

    /**
     * A fault of the next request of one API, at any broker and for any topic.
     *
     * @param api the name in Kafka's protocol, such as {@code PRODUCE}, {@code FETCH} or {@code OFFSET_COMMIT}
     * @throws IllegalArgumentException if Kafka's protocol has no such API
     */
    public static FaultOnDemand on(String api) {
        return new FaultOnDemand(named(ApiKeys.class, api), null, -1, 1, Errors.NONE, Duration.ZERO, false);
    }

    /**
     * Only requests that name this topic; the whole request fares so, other topics in it too.
     *
     * @throws IllegalArgumentException if requests of this API name no topics, or it is not known how
     */
    public FaultOnDemand topic(String name) {
        if (!RequestTopics.areKnown(api)) {
            throw new IllegalArgumentException(
                    "A fault of one topic is possible for " + RequestTopics.known() + ", not for " + api.name());
        }
        return new FaultOnDemand(api, name, broker, times, error, delay, disconnecting);
    }

    /** Only requests to this broker. */
    public FaultOnDemand broker(int id) {
        return new FaultOnDemand(api, topic, id, times, error, delay, disconnecting);
    }

    /** How many requests fare so, 1 unless said; then all is well again. */
    public FaultOnDemand times(int count) {
        return new FaultOnDemand(api, topic, broker, count, error, delay, disconnecting);
    }

    /**
     * Answers with this error instead of doing anything.
     *
     * @param name the name in Kafka's protocol, such as {@code NOT_LEADER_OR_FOLLOWER}
     * @throws IllegalArgumentException if Kafka's protocol has no such error
     */
    public FaultOnDemand error(String name) {
        return new FaultOnDemand(api, topic, broker, times, named(Errors.class, name), delay, disconnecting);
    }

    /** Waits before the request is handled, or fails. */
    public FaultOnDemand delay(Duration time) {
        return new FaultOnDemand(api, topic, broker, times, error, time, disconnecting);
    }

    /** Closes the client's connection instead of doing anything. */
    public FaultOnDemand disconnect() {
        return new FaultOnDemand(api, topic, broker, times, error, delay, true);
    }

    private static <E extends Enum<E>> E named(Class<E> type, String name) {
        try {
            return Enum.valueOf(type, name);
        } catch (IllegalArgumentException unknown) {
            String what = type == ApiKeys.class ? "API" : "error";
            throw new IllegalArgumentException("Kafka's protocol has no " + what + " " + name, unknown);
        }
    }

    ApiKeys api() {
        return api;
    }

    boolean concerns(ApiKeys asked, int atBroker) {
        return api == asked && (broker < 0 || broker == atBroker);
    }

    @Nullable
    String topic() {
        return topic;
    }

    int times() {
        return times;
    }

    Errors error() {
        return error;
    }

    Duration delay() {
        return delay;
    }

    boolean isDisconnecting() {
        return disconnecting;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FaultOnDemand fault && toString().equals(fault.toString());
    }

    @Override
    public int hashCode() {
        return Objects.hash(api, topic, broker, times);
    }

    @Override
    public String toString() {
        return api.name() + (topic == null ? "" : " of " + topic) + (broker < 0 ? "" : " at broker " + broker) + ", "
                + times
                + " times: " + (delay.isZero() ? "" : delay + " late ")
                + (error == Errors.NONE ? "" : error.name()) + (disconnecting ? "disconnected" : "");
    }
}
