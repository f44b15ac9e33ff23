package io.milena.broker.fetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * One client's incremental fetch session (KIP-227). Guarded by its own monitor. The partitions stand in the order in which
 * they are served: one that has just sent records goes to the end, so that none starves behind a full response.
 */
final class FetchSession {
    private final int id;
    private final boolean fromFollower;
    private final boolean byTopicId;
    private final long createdMs;
    private final Map<PartitionKey, SessionPartition> partitions;
    private volatile long lastUsedMs;
    private volatile int partitionCount;
    private int epoch = FetchMetadata.nextEpoch(FetchMetadata.INITIAL_EPOCH);

    FetchSession(
            int id,
            boolean fromFollower,
            boolean byTopicId,
            long nowMs,
            LinkedHashMap<PartitionKey, SessionPartition> partitions) {
        this.id = id;
        this.fromFollower = fromFollower;
        this.byTopicId = byTopicId;
        this.createdMs = nowMs;
        this.lastUsedMs = nowMs;
        this.partitions = partitions;
        this.partitionCount = partitions.size();
    }

    int id() {
        return id;
    }

    boolean fromFollower() {
        return fromFollower;
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

    /** Takes over what an incremental request adds, changes and forgets. Call with the monitor held. */
    void update(FetchRequestData request) {
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                PartitionKey key = PartitionKey.of(topic.topic(), topic.topicId(), partition.partition());
                SessionPartition known = partitions.get(key);
                if (known == null) {
                    partitions.put(key, new SessionPartition(topic.topic(), topic.topicId(), partition));
                } else {
                    known.update(partition);
                }
            }
        }
        for (ForgottenTopic topic : request.forgottenTopicsData()) {
            Uuid topicId = topic.topicId();
            for (int index : topic.partitions()) {
                partitions.remove(PartitionKey.of(topic.topic(), topicId, index));
            }
        }
        partitionCount = partitions.size();
    }

    /** All partitions in serving order, as they stand now. Call with the monitor held. */
    List<FetchTarget> targets() {
        List<FetchTarget> targets = new ArrayList<>(partitions.size());
        for (SessionPartition partition : partitions.values()) {
            targets.add(partition.target());
        }
        return targets;
    }

    /** Puts a partition that has just sent records behind all others. Call with the monitor held. */
    void moveToEnd(SessionPartition partition) {
        if (partitions.size() < 2) {
            return;
        }
        PartitionKey key = PartitionKey.of(partition.topic, partition.topicId, partition.index);
        // A request that forgot the partition meanwhile wins.
        if (partitions.remove(key, partition)) {
            partitions.put(key, partition);
        }
    }
}
