package io.milena.broker.replication;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiMessage;

/** A connection to another broker, made when first needed and again after a loss. Any thread. */
public interface PeerLink extends AutoCloseable {
    /** Sends at the highest version both sides know; fails with a Kafka exception when the connection breaks. */
    CompletableFuture<ApiMessage> send(ApiMessage request);

    /** Drops the connection; what has no answer yet fails. */
    void disconnect();

    @Override
    void close();

    /** Opens links; does not block. */
    interface Dialer {
        PeerLink dial(int brokerId);
    }
}
