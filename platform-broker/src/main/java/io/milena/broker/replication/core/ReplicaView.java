package io.milena.broker.replication.core;

/** What the heart of a replica sees around itself when something happens: its log, its topic's rule and the other brokers. */
public interface ReplicaView {
    /** The offset after the last record of its log. */
    long logEndOffset();

    /** What its log knows to be committed. */
    long highWatermark();

    /** min.insync.replicas of its topic. */
    int minInSyncReplicas();

    /** replica.lag.time.max.ms */
    long lagTimeMaxMs();

    /**
     * Whether a broker is registered, unfenced and not shutting down, and {@code brokerEpoch} is its present registration.
     *
     * @param brokerEpoch as its fetch told, -1 if it did not
     */
    boolean mayJoin(int replicaId, long brokerEpoch);

    /** Whether a broker is registered and unfenced. */
    boolean isAlive(int replicaId);
}
