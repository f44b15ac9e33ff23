package io.milena.broker.fetch;

import io.milena.broker.partition.ReadIsolation;
import io.milena.wire.Exchange;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.replica.ClientMetadata;
import org.apache.kafka.common.replica.ClientMetadata.DefaultClientMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What a fetch request says besides its partitions.
 *
 * @param replicaId the follower that asks, negative for consumers
 * @param replicaEpoch the follower's broker epoch, -1 if it does not say (KIP-903)
 * @param maxWaitMs how long it may be parked, ms
 * @param minBytes answer as soon as there are so many bytes
 * @param maxBytes do not answer with more, but for one batch (KIP-74)
 * @param readCommitted only up to the last stable offset, with the aborted transactions
 * @param client who asks, if that may choose a replica to read from; null for followers and consumers older than KIP-392
 * @param promptHighWatermark whether a follower is told of a new high watermark at once
 */
record FetchParams(
        int replicaId,
        long replicaEpoch,
        int maxWaitMs,
        int minBytes,
        int maxBytes,
        boolean readCommitted,
        @Nullable ClientMetadata client,
        boolean promptHighWatermark,
        boolean byTopicId) {
    private static final long NO_EPOCH = -1;
    private static final short FIRST_VERSION_WITH_REPLICA_STATE = 15;
    private static final short FIRST_VERSION_WITH_RACK = 11;
    private static final short FIRST_VERSION_BY_ID = 13;

    /** @throws InvalidRequestException the isolation level is none */
    static FetchParams of(Exchange<FetchRequestData> exchange, int brokerMaxBytes, FetchInterest interest) {
        FetchRequestData request = exchange.request();
        boolean readCommitted = ReadIsolation.isReadCommitted(request.isolationLevel());
        boolean hasState = exchange.version() >= FIRST_VERSION_WITH_REPLICA_STATE;
        int replicaId = hasState ? request.replicaState().replicaId() : request.replicaId();
        boolean fromFollower = replicaId >= 0;
        int maxBytes = Math.min(request.maxBytes(), brokerMaxBytes);
        return new FetchParams(
                replicaId,
                hasState ? request.replicaState().replicaEpoch() : NO_EPOCH,
                request.maxWaitMs(),
                Math.min(request.minBytes(), maxBytes),
                maxBytes,
                !fromFollower && readCommitted,
                fromFollower || exchange.version() < FIRST_VERSION_WITH_RACK ? null : client(exchange),
                fromFollower && interest.promptHighWatermark(),
                exchange.version() >= FIRST_VERSION_BY_ID);
    }

    private static ClientMetadata client(Exchange<FetchRequestData> exchange) {
        return new DefaultClientMetadata(
                exchange.request().rackId(),
                exchange.clientId(),
                exchange.clientAddress(),
                exchange.principal(),
                exchange.listener());
    }

    boolean fromFollower() {
        return replicaId >= 0;
    }

    /** Whether only the leader may serve it. */
    boolean onlyLeader() {
        return client == null;
    }

    /** The moves of partitions that are worth looking for. */
    int interest() {
        return new FetchInterest(promptHighWatermark).of(fromFollower());
    }
}
