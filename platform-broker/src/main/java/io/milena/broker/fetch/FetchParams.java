package io.milena.broker.fetch;

import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.message.FetchRequestData;

/**
 * What a fetch request says besides its partitions.
 *
 * @param replicaId the follower that asks, negative for consumers
 * @param replicaEpoch the follower's broker epoch, -1 if it does not say (KIP-903)
 * @param maxWaitMs how long it may be parked, ms
 * @param minBytes answer as soon as there are so many bytes
 * @param maxBytes do not answer with more, but for one batch (KIP-74)
 * @param readCommitted only up to the last stable offset, with the aborted transactions
 */
record FetchParams(int replicaId, long replicaEpoch, int maxWaitMs, int minBytes, int maxBytes, boolean readCommitted) {
    private static final long NO_EPOCH = -1;
    private static final short FIRST_VERSION_WITH_REPLICA_STATE = 15;

    static FetchParams of(FetchRequestData request, short version, int brokerMaxBytes) {
        int replicaId = version >= FIRST_VERSION_WITH_REPLICA_STATE
                ? request.replicaState().replicaId()
                : request.replicaId();
        int maxBytes = Math.min(request.maxBytes(), brokerMaxBytes);
        return new FetchParams(
                replicaId,
                version >= FIRST_VERSION_WITH_REPLICA_STATE
                        ? request.replicaState().replicaEpoch()
                        : NO_EPOCH,
                request.maxWaitMs(),
                Math.min(request.minBytes(), maxBytes),
                maxBytes,
                replicaId < 0 && request.isolationLevel() == IsolationLevel.READ_COMMITTED.id());
    }

    boolean fromFollower() {
        return replicaId >= 0;
    }
}
