package io.milena.raft.rpc;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.records.OffsetAndEpoch;
import java.util.List;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** FetchSnapshot (59), KIP-630; endpoints and directory ids KIP-853. */
final class FetchSnapshotRpc implements RaftRpc<FetchSnapshotRequestData, FetchSnapshotResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.FETCH_SNAPSHOT;
    }

    @Override
    public FetchSnapshotRequestData request(Request request, Context context) {
        Request.FetchSnapshot fetch = (Request.FetchSnapshot) request;
        return new FetchSnapshotRequestData()
                .setClusterId(context.clusterId())
                .setReplicaId(fetch.replica().id())
                .setMaxBytes(fetch.maxBytes())
                .setTopics(List.of(new FetchSnapshotRequestData.TopicSnapshot()
                        .setName(TOPIC)
                        .setPartitions(List.of(new FetchSnapshotRequestData.PartitionSnapshot()
                                .setPartition(PARTITION)
                                .setCurrentLeaderEpoch(fetch.epoch())
                                .setSnapshotId(new FetchSnapshotRequestData.SnapshotId()
                                        .setEndOffset(fetch.snapshotId().offset())
                                        .setEpoch(fetch.snapshotId().epoch()))
                                .setPosition(fetch.position())
                                .setReplicaDirectoryId(fetch.replica().directoryId())))));
    }

    @Override
    public Parsed parse(FetchSnapshotRequestData data, Context context) {
        Errors error = context.check(data.clusterId());
        if (error != Errors.NONE) {
            return Parsed.failed(error);
        }
        if (data.topics().size() != 1 || data.topics().get(0).partitions().size() != 1) {
            return Parsed.failed(Errors.INVALID_REQUEST);
        }
        FetchSnapshotRequestData.PartitionSnapshot fetch =
                data.topics().get(0).partitions().get(0);
        if (!data.topics().get(0).name().equals(TOPIC) || fetch.partition() != PARTITION) {
            return Parsed.failed(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return Parsed.of(new Request.FetchSnapshot(
                fetch.currentLeaderEpoch(),
                new ReplicaKey(data.replicaId(), fetch.replicaDirectoryId()),
                new OffsetAndEpoch(
                        fetch.snapshotId().endOffset(), fetch.snapshotId().epoch()),
                fetch.position(),
                data.maxBytes()));
    }

    @Override
    public FetchSnapshotResponseData response(Response response, short version) {
        Response.FetchSnapshot fetch = (Response.FetchSnapshot) response;
        Response.Header header = fetch.header();
        FetchSnapshotResponseData.PartitionSnapshot partition = new FetchSnapshotResponseData.PartitionSnapshot()
                .setIndex(PARTITION)
                .setErrorCode(header.error().code())
                .setCurrentLeader(new FetchSnapshotResponseData.LeaderIdAndEpoch()
                        .setLeaderId(header.leader().orElse(-1))
                        .setLeaderEpoch(header.epoch()))
                .setSnapshotId(new FetchSnapshotResponseData.SnapshotId()
                        .setEndOffset(fetch.snapshotId().offset())
                        .setEpoch(fetch.snapshotId().epoch()))
                .setSize(fetch.size())
                .setPosition(fetch.position())
                .setUnalignedRecords(
                        fetch.chunk() instanceof RecordsBlock block ? block.records() : MemoryRecords.EMPTY);
        FetchSnapshotResponseData data = new FetchSnapshotResponseData()
                .setTopics(List.of(new FetchSnapshotResponseData.TopicSnapshot()
                        .setName(TOPIC)
                        .setPartitions(List.of(partition))));
        HostPort address = header.leaderAddress();
        if (version >= 1 && address != null && header.leader().isPresent()) {
            data.nodeEndpoints()
                    .add(new FetchSnapshotResponseData.NodeEndpoint()
                            .setNodeId(header.leader().getAsInt())
                            .setHost(address.host())
                            .setPort(address.port()));
        }
        return data;
    }

    @Override
    public Response parseResponse(FetchSnapshotResponseData data, Context context) {
        OffsetAndEpoch none = new OffsetAndEpoch(-1, -1);
        if (data.errorCode() != 0
                || data.topics().isEmpty()
                || data.topics().get(0).partitions().isEmpty()) {
            return new Response.FetchSnapshot(RaftRpc.failed(data.errorCode()), none, 0, 0, null);
        }
        FetchSnapshotResponseData.PartitionSnapshot partition =
                data.topics().get(0).partitions().get(0);
        FetchSnapshotResponseData.NodeEndpoint endpoint =
                data.nodeEndpoints().find(partition.currentLeader().leaderId());
        return new Response.FetchSnapshot(
                new Response.Header(
                        Errors.forCode(partition.errorCode()),
                        partition.currentLeader().leaderEpoch(),
                        RaftRpc.leader(partition.currentLeader().leaderId()),
                        endpoint == null ? null : new HostPort(endpoint.host(), endpoint.port())),
                new OffsetAndEpoch(
                        partition.snapshotId().endOffset(),
                        partition.snapshotId().epoch()),
                partition.size(),
                partition.position(),
                partition.unalignedRecords() == null ? null : RecordsBlock.of(partition.unalignedRecords()));
    }

    @Override
    public FetchSnapshotResponseData failure(Errors error) {
        return new FetchSnapshotResponseData().setErrorCode(error.code());
    }
}
