package io.milena.raft.rpc;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.records.OffsetAndEpoch;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Vote (52), KIP-595; directory ids KIP-853; pre-vote KIP-996. */
final class VoteRpc implements RaftRpc<VoteRequestData, VoteResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.VOTE;
    }

    @Override
    public VoteRequestData request(Request request, Context context) {
        Request.Vote vote = (Request.Vote) request;
        ReplicaKey addressee = vote.addressee();
        return new VoteRequestData()
                .setClusterId(context.clusterId())
                .setVoterId(addressee == null ? -1 : addressee.id())
                .setTopics(List.of(new VoteRequestData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new VoteRequestData.PartitionData()
                                .setPartitionIndex(PARTITION)
                                .setReplicaEpoch(vote.epoch())
                                .setReplicaId(vote.candidate().id())
                                .setReplicaDirectoryId(vote.candidate().directoryId())
                                .setVoterDirectoryId(addressee == null ? Uuid.ZERO_UUID : addressee.directoryId())
                                .setLastOffsetEpoch(vote.lastLog().epoch())
                                .setLastOffset(vote.lastLog().offset())
                                .setPreVote(vote.preVote())))));
    }

    @Override
    public Parsed parse(VoteRequestData data, Context context) {
        Errors error = context.check(data.clusterId());
        if (error != Errors.NONE) {
            return Parsed.failed(error);
        }
        VoteRequestData.PartitionData vote = RaftRpc.only(
                data.topics(),
                VoteRequestData.TopicData::topicName,
                VoteRequestData.TopicData::partitions,
                VoteRequestData.PartitionData::partitionIndex);
        if (vote == null) {
            return Parsed.failed(Errors.INVALID_REQUEST);
        }
        return Parsed.of(new Request.Vote(
                vote.replicaEpoch(),
                new ReplicaKey(vote.replicaId(), vote.replicaDirectoryId()),
                new OffsetAndEpoch(vote.lastOffset(), vote.lastOffsetEpoch()),
                vote.preVote(),
                data.voterId() < 0 ? null : new ReplicaKey(data.voterId(), vote.voterDirectoryId())));
    }

    @Override
    public VoteResponseData response(Response response, short version) {
        Response.Vote vote = (Response.Vote) response;
        Response.Header header = vote.header();
        VoteResponseData data = new VoteResponseData()
                .setTopics(List.of(new VoteResponseData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new VoteResponseData.PartitionData()
                                .setPartitionIndex(PARTITION)
                                .setErrorCode(header.error().code())
                                .setLeaderId(header.leader().orElse(-1))
                                .setLeaderEpoch(header.epoch())
                                .setVoteGranted(vote.granted())))));
        HostPort address = header.leaderAddress();
        if (version >= 1 && address != null && header.leader().isPresent()) {
            data.nodeEndpoints()
                    .add(new VoteResponseData.NodeEndpoint()
                            .setNodeId(header.leader().getAsInt())
                            .setHost(address.host())
                            .setPort(address.port()));
        }
        return data;
    }

    @Override
    public Response parseResponse(VoteResponseData data, Context context) {
        if (data.errorCode() != 0
                || data.topics().isEmpty()
                || data.topics().get(0).partitions().isEmpty()) {
            return new Response.Vote(RaftRpc.failed(data.errorCode()), false);
        }
        VoteResponseData.PartitionData vote = data.topics().get(0).partitions().get(0);
        VoteResponseData.NodeEndpoint endpoint = data.nodeEndpoints().find(vote.leaderId());
        return new Response.Vote(
                new Response.Header(
                        Errors.forCode(vote.errorCode()),
                        vote.leaderEpoch(),
                        RaftRpc.leader(vote.leaderId()),
                        endpoint == null ? null : new HostPort(endpoint.host(), endpoint.port())),
                vote.voteGranted());
    }

    @Override
    public VoteResponseData failure(Errors error) {
        return new VoteResponseData().setErrorCode(error.code());
    }
}
