package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a leader where its log begins and ends, and moves a follower's log there that lies outside. */
final class OutOfRange {
    private static final Logger LOG = LoggerFactory.getLogger(OutOfRange.class);

    private final int brokerId;
    private final PeerLink link;

    OutOfRange(int brokerId, PeerLink link) {
        this.brokerId = brokerId;
        this.link = link;
    }

    /** Returns at once; until the leader has answered, fetches go on to fail. */
    void resolve(FollowedPartition followed) {
        CompletableFuture<Long> start = offset(followed, ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP);
        CompletableFuture<Long> end = offset(followed, ListOffsetsRequest.LATEST_TIMESTAMP);
        start.thenAcceptBoth(
                        end,
                        (from, to) -> followed.partition.asFollower(
                                followed.leaderEpoch, log -> FollowerLog.moveInto(log, from, to)))
                .exceptionally(error -> {
                    LOG.debug("The leader's offsets of {} are unknown", followed.partition, error);
                    return null;
                });
    }

    private CompletableFuture<Long> offset(FollowedPartition followed, long timestamp) {
        Partition partition = followed.partition;
        ListOffsetsPartition asked = new ListOffsetsPartition()
                .setPartitionIndex(partition.index())
                .setCurrentLeaderEpoch(followed.leaderEpoch)
                .setTimestamp(timestamp);
        ListOffsetsTopic topic =
                new ListOffsetsTopic().setName(partition.topic()).setPartitions(List.of(asked));
        ListOffsetsRequestData request =
                new ListOffsetsRequestData().setReplicaId(brokerId).setTopics(List.of(topic));
        return link.send(request).thenApply(OutOfRange::offset);
    }

    private static long offset(ApiMessage answer) {
        ListOffsetsPartitionResponse partition =
                ((ListOffsetsResponseData) answer).topics().get(0).partitions().get(0);
        Errors.forCode(partition.errorCode()).maybeThrow();
        return partition.offset();
    }
}
