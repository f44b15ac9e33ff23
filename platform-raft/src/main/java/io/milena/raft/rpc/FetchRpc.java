package io.milena.raft.rpc;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.records.OffsetAndEpoch;
import java.util.List;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Fetch (1) of the metadata partition, by name up to version 12, by topic id from 13 on. KIP-595, 630, 853, 1166. */
final class FetchRpc implements RaftRpc<FetchRequestData, FetchResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.FETCH;
    }

    @Override
    public FetchRequestData request(Request request, Context context) {
        Request.Fetch fetch = (Request.Fetch) request;
        return new FetchRequestData()
                .setClusterId(context.clusterId())
                .setReplicaState(new FetchRequestData.ReplicaState()
                        .setReplicaId(fetch.replica().id()))
                .setMaxWaitMs(fetch.maxWaitMs())
                .setMaxBytes(fetch.limits().maxBytes())
                .setTopics(List.of(new FetchRequestData.FetchTopic()
                        .setTopic(TOPIC)
                        .setTopicId(TOPIC_ID)
                        .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                .setPartition(PARTITION)
                                .setCurrentLeaderEpoch(fetch.epoch())
                                .setLastFetchedEpoch(fetch.lastFetchedEpoch())
                                .setFetchOffset(fetch.offset())
                                .setReplicaDirectoryId(fetch.replica().directoryId())
                                .setHighWatermark(fetch.highWatermark())))));
    }

    @Override
    public Parsed parse(FetchRequestData data, Context context) {
        Errors error = context.check(data.clusterId());
        if (error != Errors.NONE) {
            return Parsed.failed(error);
        }
        if (data.topics().size() != 1
                || !isMetadata(data.topics().get(0))
                || data.topics().get(0).partitions().size() != 1
                || data.topics().get(0).partitions().get(0).partition() != PARTITION) {
            return Parsed.failed(Errors.INVALID_REQUEST);
        }
        FetchRequestData.FetchPartition fetch =
                data.topics().get(0).partitions().get(0);
        int replicaId = Math.max(data.replicaId(), data.replicaState().replicaId());
        return Parsed.of(new Request.Fetch(
                fetch.currentLeaderEpoch(),
                new ReplicaKey(replicaId, fetch.replicaDirectoryId()),
                fetch.fetchOffset(),
                fetch.lastFetchedEpoch(),
                new Request.Fetch.Limits(data.maxWaitMs(), data.maxBytes()),
                fetch.highWatermark()));
    }

    private static boolean isMetadata(FetchRequestData.FetchTopic topic) {
        return topic.topic().equals(TOPIC) || topic.topicId().equals(TOPIC_ID);
    }

    @Override
    public FetchResponseData response(Response response, short version) {
        Response.Fetch fetch = (Response.Fetch) response;
        Response.Header header = fetch.header();
        FetchResponseData.PartitionData partition = new FetchResponseData.PartitionData()
                .setPartitionIndex(PARTITION)
                .setErrorCode(header.error().code())
                .setHighWatermark(fetch.highWatermark())
                .setLogStartOffset(fetch.logStartOffset())
                .setCurrentLeader(new FetchResponseData.LeaderIdAndEpoch()
                        .setLeaderId(header.leader().orElse(-1))
                        .setLeaderEpoch(header.epoch()))
                .setRecords(fetch.records() instanceof RecordsBlock block ? block.records() : MemoryRecords.EMPTY);
        if (fetch.diverging() != null) {
            partition.setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                    .setEpoch(fetch.diverging().epoch())
                    .setEndOffset(fetch.diverging().offset()));
        }
        if (fetch.snapshotId() != null) {
            partition.setSnapshotId(new FetchResponseData.SnapshotId()
                    .setEpoch(fetch.snapshotId().epoch())
                    .setEndOffset(fetch.snapshotId().offset()));
        }
        FetchResponseData data = new FetchResponseData()
                .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                        .setTopic(TOPIC)
                        .setTopicId(TOPIC_ID)
                        .setPartitions(List.of(partition))));
        HostPort address = header.leaderAddress();
        if (version >= 17 && address != null && header.leader().isPresent()) {
            data.nodeEndpoints()
                    .add(new FetchResponseData.NodeEndpoint()
                            .setNodeId(header.leader().getAsInt())
                            .setHost(address.host())
                            .setPort(address.port()));
        }
        return data;
    }

    @Override
    public Response parseResponse(FetchResponseData data, Context context) {
        if (data.errorCode() != 0
                || data.responses().isEmpty()
                || data.responses().get(0).partitions().isEmpty()) {
            return new Response.Fetch(RaftRpc.failed(data.errorCode()), null, null, null, -1, -1);
        }
        FetchResponseData.PartitionData partition =
                data.responses().get(0).partitions().get(0);
        FetchResponseData.NodeEndpoint endpoint =
                data.nodeEndpoints().find(partition.currentLeader().leaderId());
        FetchResponseData.EpochEndOffset diverging = partition.divergingEpoch();
        FetchResponseData.SnapshotId snapshot = partition.snapshotId();
        return new Response.Fetch(
                new Response.Header(
                        Errors.forCode(partition.errorCode()),
                        partition.currentLeader().leaderEpoch(),
                        RaftRpc.leader(partition.currentLeader().leaderId()),
                        endpoint == null ? null : new HostPort(endpoint.host(), endpoint.port())),
                diverging.epoch() < 0 ? null : new OffsetAndEpoch(diverging.endOffset(), diverging.epoch()),
                snapshot.epoch() < 0 || snapshot.endOffset() < 0
                        ? null
                        : new OffsetAndEpoch(snapshot.endOffset(), snapshot.epoch()),
                partition.records() == null ? null : RecordsBlock.of(partition.records()),
                partition.highWatermark(),
                partition.logStartOffset());
    }

    @Override
    public FetchResponseData failure(Errors error) {
        return new FetchResponseData().setErrorCode(error.code());
    }
}
