package io.milena.broker.partition;

/**
 * Told when this broker starts or stops leading a partition, after the partition has taken its new role. Called on the
 * metadata thread: coordinators hand off to their own.
 */
public interface LeadershipListener {
    /** This broker leads now, or leads in a new leader epoch. */
    void onElected(Partition partition, int leaderEpoch);

    /** This broker leads no longer, or hosts the partition no longer. */
    void onResigned(Partition partition, int leaderEpoch);
}
