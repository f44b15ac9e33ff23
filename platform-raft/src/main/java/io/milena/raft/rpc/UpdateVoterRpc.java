package io.milena.raft.rpc;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.core.Voter;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** UpdateRaftVoter (82), KIP-853, as a voter sends it. */
final class UpdateVoterRpc implements RaftRpc<UpdateRaftVoterRequestData, UpdateRaftVoterResponseData> {
    @Override
    public ApiKeys api() {
        return ApiKeys.UPDATE_RAFT_VOTER;
    }

    @Override
    public UpdateRaftVoterRequestData request(Request request, Context context) {
        Request.UpdateVoter update = (Request.UpdateVoter) request;
        Voter voter = update.voter();
        UpdateRaftVoterRequestData.ListenerCollection listeners = new UpdateRaftVoterRequestData.ListenerCollection();
        voter.endpoints()
                .forEach((name, address) -> listeners.add(new UpdateRaftVoterRequestData.Listener()
                        .setName(name)
                        .setHost(address.host())
                        .setPort(address.port())));
        return new UpdateRaftVoterRequestData()
                .setClusterId(context.clusterId())
                .setCurrentLeaderEpoch(update.epoch())
                .setVoterId(voter.key().id())
                .setVoterDirectoryId(voter.key().directoryId())
                .setListeners(listeners)
                .setKRaftVersionFeature(new UpdateRaftVoterRequestData.KRaftVersionFeature()
                        .setMinSupportedVersion(voter.minKraftVersion())
                        .setMaxSupportedVersion(voter.maxKraftVersion()));
    }

    @Override
    public Parsed parse(UpdateRaftVoterRequestData data, Context context) {
        return Parsed.failed(Errors.INVALID_REQUEST); // answered as a change of the voters
    }

    @Override
    public UpdateRaftVoterResponseData response(Response response, short version) {
        return failure(response.header().error());
    }

    @Override
    public Response parseResponse(UpdateRaftVoterResponseData data, Context context) {
        UpdateRaftVoterResponseData.CurrentLeader leader = data.currentLeader();
        return new Response.UpdateVoter(new Response.Header(
                Errors.forCode(data.errorCode()),
                leader.leaderEpoch(),
                RaftRpc.leader(leader.leaderId()),
                leader.host().isEmpty() ? null : new HostPort(leader.host(), leader.port())));
    }

    @Override
    public UpdateRaftVoterResponseData failure(Errors error) {
        return new UpdateRaftVoterResponseData().setErrorCode(error.code());
    }
}
