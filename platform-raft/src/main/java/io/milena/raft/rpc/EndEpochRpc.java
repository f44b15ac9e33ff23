package io.milena.raft.rpc;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** EndQuorumEpoch (54), KIP-595; endpoints and directory ids KIP-853. */
final class EndEpochRpc implements RaftRpc<EndQuorumEpochRequestData, EndQuorumEpochResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.END_QUORUM_EPOCH;
    }

    @Override
    public EndQuorumEpochRequestData request(Request request, Context context) {
        Request.EndEpoch end = (Request.EndEpoch) request;
        EndQuorumEpochRequestData.LeaderEndpointCollection endpoints =
                new EndQuorumEpochRequestData.LeaderEndpointCollection();
        context.leaderEndpoints()
                .forEach((name, address) -> endpoints.add(new EndQuorumEpochRequestData.LeaderEndpoint()
                        .setName(name)
                        .setHost(address.host())
                        .setPort(address.port())));
        return new EndQuorumEpochRequestData()
                .setClusterId(context.clusterId())
                .setLeaderEndpoints(endpoints)
                .setTopics(List.of(new EndQuorumEpochRequestData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new EndQuorumEpochRequestData.PartitionData()
                                .setPartitionIndex(PARTITION)
                                .setPreferredSuccessors(end.successors().stream()
                                        .map(ReplicaKey::id)
                                        .toList())
                                .setPreferredCandidates(end.successors().stream()
                                        .map(key -> new EndQuorumEpochRequestData.ReplicaInfo()
                                                .setCandidateId(key.id())
                                                .setCandidateDirectoryId(key.directoryId()))
                                        .toList())
                                .setLeaderId(end.leaderId())
                                .setLeaderEpoch(end.epoch())))));
    }

    @Override
    public Parsed parse(EndQuorumEpochRequestData data, Context context) {
        Errors error = context.check(data.clusterId());
        if (error != Errors.NONE) {
            return Parsed.failed(error);
        }
        EndQuorumEpochRequestData.PartitionData partition = RaftRpc.only(
                data.topics(),
                EndQuorumEpochRequestData.TopicData::topicName,
                EndQuorumEpochRequestData.TopicData::partitions,
                EndQuorumEpochRequestData.PartitionData::partitionIndex);
        if (partition == null) {
            return Parsed.failed(Errors.INVALID_REQUEST);
        }
        Map<String, HostPort> endpoints = new LinkedHashMap<>();
        data.leaderEndpoints()
                .forEach(endpoint -> endpoints.put(endpoint.name(), new HostPort(endpoint.host(), endpoint.port())));
        return Parsed.of(new Request.EndEpoch(
                partition.leaderEpoch(),
                partition.leaderId(),
                RaftRpc.pick(endpoints, context.listener()),
                successors(partition)));
    }

    private static List<ReplicaKey> successors(EndQuorumEpochRequestData.PartitionData partition) {
        if (partition.preferredCandidates().isEmpty()) {
            return partition.preferredSuccessors().stream().map(ReplicaKey::of).toList();
        }
        return partition.preferredCandidates().stream()
                .map(info -> new ReplicaKey(info.candidateId(), info.candidateDirectoryId()))
                .toList();
    }

    @Override
    public EndQuorumEpochResponseData response(Response response, short version) {
        Response.Header header = response.header();
        EndQuorumEpochResponseData data = new EndQuorumEpochResponseData()
                .setTopics(List.of(new EndQuorumEpochResponseData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new EndQuorumEpochResponseData.PartitionData()
                                .setPartitionIndex(PARTITION)
                                .setErrorCode(header.error().code())
                                .setLeaderId(header.leader().orElse(-1))
                                .setLeaderEpoch(header.epoch())))));
        HostPort address = header.leaderAddress();
        if (version >= 1 && address != null && header.leader().isPresent()) {
            data.nodeEndpoints()
                    .add(new EndQuorumEpochResponseData.NodeEndpoint()
                            .setNodeId(header.leader().getAsInt())
                            .setHost(address.host())
                            .setPort(address.port()));
        }
        return data;
    }

    @Override
    public Response parseResponse(EndQuorumEpochResponseData data, Context context) {
        if (data.errorCode() != 0
                || data.topics().isEmpty()
                || data.topics().get(0).partitions().isEmpty()) {
            return new Response.EndEpoch(RaftRpc.failed(data.errorCode()));
        }
        EndQuorumEpochResponseData.PartitionData partition =
                data.topics().get(0).partitions().get(0);
        EndQuorumEpochResponseData.NodeEndpoint endpoint = data.nodeEndpoints().find(partition.leaderId());
        return new Response.EndEpoch(new Response.Header(
                Errors.forCode(partition.errorCode()),
                partition.leaderEpoch(),
                RaftRpc.leader(partition.leaderId()),
                endpoint == null ? null : new HostPort(endpoint.host(), endpoint.port())));
    }

    @Override
    public EndQuorumEpochResponseData failure(Errors error) {
        return new EndQuorumEpochResponseData().setErrorCode(error.code());
    }
}
