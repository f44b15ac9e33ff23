package io.milena.raft.rpc;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.BeginQuorumEpochResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** BeginQuorumEpoch (53), KIP-595; endpoints and directory ids KIP-853. */
final class BeginEpochRpc implements RaftRpc<BeginQuorumEpochRequestData, BeginQuorumEpochResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.BEGIN_QUORUM_EPOCH;
    }

    @Override
    public BeginQuorumEpochRequestData request(Request request, Context context) {
        Request.BeginEpoch begin = (Request.BeginEpoch) request;
        ReplicaKey addressee = begin.addressee();
        BeginQuorumEpochRequestData.LeaderEndpointCollection endpoints =
                new BeginQuorumEpochRequestData.LeaderEndpointCollection();
        context.leaderEndpoints()
                .forEach((name, address) -> endpoints.add(new BeginQuorumEpochRequestData.LeaderEndpoint()
                        .setName(name)
                        .setHost(address.host())
                        .setPort(address.port())));
        return new BeginQuorumEpochRequestData()
                .setClusterId(context.clusterId())
                .setVoterId(addressee == null ? -1 : addressee.id())
                .setLeaderEndpoints(endpoints)
                .setTopics(List.of(new BeginQuorumEpochRequestData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new BeginQuorumEpochRequestData.PartitionData()
                                .setPartitionIndex(PARTITION)
                                .setVoterDirectoryId(addressee == null ? Uuid.ZERO_UUID : addressee.directoryId())
                                .setLeaderId(begin.leaderId())
                                .setLeaderEpoch(begin.epoch())))));
    }

    @Override
    public Parsed parse(BeginQuorumEpochRequestData data, Context context) {
        Errors error = context.check(data.clusterId());
        if (error != Errors.NONE) {
            return Parsed.failed(error);
        }
        BeginQuorumEpochRequestData.PartitionData partition = RaftRpc.only(
                data.topics(),
                BeginQuorumEpochRequestData.TopicData::topicName,
                BeginQuorumEpochRequestData.TopicData::partitions,
                BeginQuorumEpochRequestData.PartitionData::partitionIndex);
        if (partition == null) {
            return Parsed.failed(Errors.INVALID_REQUEST);
        }
        Map<String, HostPort> endpoints = new LinkedHashMap<>();
        data.leaderEndpoints()
                .forEach(endpoint -> endpoints.put(endpoint.name(), new HostPort(endpoint.host(), endpoint.port())));
        return Parsed.of(new Request.BeginEpoch(
                partition.leaderEpoch(),
                partition.leaderId(),
                RaftRpc.pick(endpoints, context.listener()),
                data.voterId() < 0 ? null : new ReplicaKey(data.voterId(), partition.voterDirectoryId())));
    }

    @Override
    public BeginQuorumEpochResponseData response(Response response, short version) {
        Response.Header header = response.header();
        BeginQuorumEpochResponseData data = new BeginQuorumEpochResponseData()
                .setTopics(List.of(new BeginQuorumEpochResponseData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new BeginQuorumEpochResponseData.PartitionData()
                                .setPartitionIndex(PARTITION)
                                .setErrorCode(header.error().code())
                                .setLeaderId(header.leader().orElse(-1))
                                .setLeaderEpoch(header.epoch())))));
        HostPort address = header.leaderAddress();
        if (version >= 1 && address != null && header.leader().isPresent()) {
            data.nodeEndpoints()
                    .add(new BeginQuorumEpochResponseData.NodeEndpoint()
                            .setNodeId(header.leader().getAsInt())
                            .setHost(address.host())
                            .setPort(address.port()));
        }
        return data;
    }

    @Override
    public Response parseResponse(BeginQuorumEpochResponseData data, Context context) {
        if (data.errorCode() != 0
                || data.topics().isEmpty()
                || data.topics().get(0).partitions().isEmpty()) {
            return new Response.BeginEpoch(RaftRpc.failed(data.errorCode()));
        }
        BeginQuorumEpochResponseData.PartitionData partition =
                data.topics().get(0).partitions().get(0);
        BeginQuorumEpochResponseData.NodeEndpoint endpoint =
                data.nodeEndpoints().find(partition.leaderId());
        return new Response.BeginEpoch(new Response.Header(
                Errors.forCode(partition.errorCode()),
                partition.leaderEpoch(),
                RaftRpc.leader(partition.leaderId()),
                endpoint == null ? null : new HostPort(endpoint.host(), endpoint.port())));
    }

    @Override
    public BeginQuorumEpochResponseData failure(Errors error) {
        return new BeginQuorumEpochResponseData().setErrorCode(error.code());
    }
}
