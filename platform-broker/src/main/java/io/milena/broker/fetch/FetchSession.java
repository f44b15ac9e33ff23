package io.milena.broker.fetch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * One client's incremental fetch session (KIP-227). Guarded by its own monitor. Which of its partitions are to be looked at, and
 * in which order, is the matter of {@link SessionUpdates}.
 */
final class FetchSession {
    private final int id;
    private final int replicaId;
    private final boolean byTopicId;
    private final long createdMs;
    private final Map<PartitionKey, SessionPartition> partitions;
    private final SessionUpdates updates;
    private volatile boolean noteAgain;
    private volatile long lastUsedMs;
    private volatile int partitionCount;
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);

    FetchSession(
            int id,
            int replicaId,
            boolean byTopicId,
            int wakingMoves,
            long nowMs,
            Map<PartitionKey, SessionPartition> partitions) {
        this.id = id;
        this.replicaId = replicaId;
        this.noteAgain = replicaId >= 0;
        this.byTopicId = byTopicId;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
        this.partitions = partitions;
        this.partitionCount = partitions.size();
        this.updates = new SessionUpdates(wakingMoves);
        partitions.values().forEach(partition -> partition.join(updates));
    }

    int id() {
        return id;
    }

    /** The follower that the session is for, negative for a consumer. */
    int replicaId() {
        return replicaId;
    }

    boolean fromFollower() {
        return replicaId >= 0;
    }

    /** Any thread. */
    void noteAgain() {
        noteAgain = true;
    }

    /**
     * What of the session a request has the partitions note of its follower: what it names, as it has nothing new to say of the others.
     * All there is, if another fetch of this follower was noted meanwhile, or may have been while the session was opened. Apache Kafka
     * notes all with every fetch. Call with the monitor held.
     */
    List<FetchTarget> toBeNoted(List<FetchTarget> named) {
        if (!noteAgain) {
            return named;
        }
        noteAgain = false;
        List<FetchTarget> all = new ArrayList<>(partitions.size());
        partitions.values().forEach(partition -> all.add(partition.target()));
        return all;
    }

    boolean byTopicId() {
        return byTopicId;
    }

    long createdMs() {
        return createdMs;
    }

    long lastUsedMs() {
        return lastUsedMs;
    }

    void touch(long nowMs) {
        lastUsedMs = nowMs;
    }

    /** Number of partitions; any thread. */
    int size() {
        return partitionCount;
    }

    /** The epoch the next request must carry. Call with the monitor held. */
    int epoch() {
        return epoch;
    }

    /** Call with the monitor held. */
    void advanceEpoch() {
        epoch = FetchMetadata.nextEpoch(epoch);
    }

    SessionUpdates updates() {
        return updates;
    }

    /**
     * Takes over what an incremental request adds, changes and forgets. Call with the monitor held.
     *
     * @return what the request names
     */
    List<FetchTarget> update(FetchRequestData request) {
        List<FetchTarget> named = new ArrayList<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                PartitionKey key = new PartitionKey(topic.topic(), topic.topicId(), partition.partition());
                SessionPartition known = partitions.get(key);
                if (known == null) {
                    known = new SessionPartition(topic.topic(), topic.topicId(), partition);
                    partitions.put(known, known);
                    known.join(updates);
                } else {
                    known.update(partition);
                    known.queue();
                }
                named.add(known.target());
            }
        }
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            Uuid topicId = topic.topicId();
            for (int index : topic.partitions()) {
                SessionPartition left = partitions.remove(new PartitionKey(topic.topic(), topicId, index));
                if (left != null) {
                    left.forget();
                }
            }
        }
        partitionCount = partitions.size();
        return named;
    }

    /** Reads what partitions have to tell. Call with the monitor held. */
    FetchResult read(FetchReader reader, FetchParams params) {
        FetchResult result = new FetchResult(8);
        updates.read(reader, params, result);
        return result;
    }

    /** Watches no partition any more; a request that is parked finds out. */
    synchronized void close() {
        partitions.values().forEach(SessionPartition::forget);
        epoch = FetchMetadata.FINAL_EPOCH;
        updates.wake();
    }
}
