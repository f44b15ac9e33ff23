package io.milena.raft;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Voter;
import io.milena.raft.core.VoterChange;
import io.milena.raft.rpc.RaftRpc;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** AddRaftVoter (80), RemoveRaftVoter (81) and UpdateRaftVoter (82), KIP-853. */
final class RaftVoterHandlers {
    private static final String KRAFT_VERSION = "kraft.version";
    private static final int DEFAULT_TIMEOUT_MS = 5_000;
    private static final int LONGEST_TIMEOUT_MS = 60_000;

    private final RaftNode node;
    private final RaftRpc.Context context;

    private RaftVoterHandlers(RaftNode node, RaftRpc.Context context) {
        this.node = node;
        this.context = context;
    }

    static List<ApiHandler<?>> all(RaftNode node, RaftRpc.Context context) {
        RaftVoterHandlers handlers = new RaftVoterHandlers(node, context);
        return List.of(
                new Handler<>(ApiKeys.ADD_RAFT_VOTER, handlers::add),
                new Handler<>(ApiKeys.REMOVE_RAFT_VOTER, handlers::remove),
                new Handler<>(ApiKeys.UPDATE_RAFT_VOTER, handlers::update));
    }

    private interface Body<Q extends ApiMessage> {
        void handle(Exchange<Q> exchange);
    }

    private record Handler<Q extends ApiMessage>(ApiKeys api, Body<Q> body) implements ApiHandler<Q> {
        @Override
        public void handle(Exchange<Q> exchange) {
            body.handle(exchange);
        }
    }

    /** The new voter is dialled first, to learn which kraft.version it supports: it must be reachable and able. */
    private void add(Exchange<AddRaftVoterRequestData> exchange) {
        AddRaftVoterRequestData request = exchange.request();
        BiFunction<Errors, String, ApiMessage> answer = (error, message) ->
                new AddRaftVoterResponseData().setErrorCode(error.code()).setErrorMessage(message);
        Map<String, HostPort> endpoints = new LinkedHashMap<>();
        request.listeners().forEach(each -> endpoints.put(each.name(), new HostPort(each.host(), each.port())));
        ReplicaKey key = new ReplicaKey(request.voterId(), request.voterDirectoryId());
        HostPort address = endpoints.get(context.listener());
        Errors error = check(request.clusterId(), key);
        if (error != Errors.NONE || address == null) {
            String why = address == null
                    ? "Add voter request didn't include the endpoint (" + endpoints.keySet()
                            + ") for the default listener " + context.listener()
                    : "Cluster id, voter id or directory id is not valid";
            exchange.respond(answer.apply(error == Errors.NONE ? Errors.INVALID_REQUEST : error, why));
            return;
        }
        boolean whenCommitted = request.ackWhenCommitted();
        int timeoutMs =
                request.timeoutMs() > 0 ? Math.min(request.timeoutMs(), LONGEST_TIMEOUT_MS) : DEFAULT_TIMEOUT_MS;
        if (!node.isLeader()) {
            exchange.respond(answer.apply(Errors.NOT_LEADER_OR_FOLLOWER, "This node does not lead the quorum"));
            return;
        }
        node.enqueue(() -> {
            if (node.couldBecomeVoter(key)) {
                probe(exchange, new Voter(key, endpoints), whenCommitted, timeoutMs, answer);
            } else { // the core says why; addresses that anybody makes up are not dialled
                node.change(
                        new VoterChange.Add(new Voter(key, endpoints), whenCommitted),
                        timeoutMs,
                        (why, message) -> exchange.respond(answer.apply(why, message)));
            }
        });
    }

    private void probe(
            Exchange<AddRaftVoterRequestData> exchange,
            Voter joining,
            boolean whenCommitted,
            int timeoutMs,
            BiFunction<Errors, String, ApiMessage> answer) {
        ReplicaKey key = joining.key();
        HostPort address = joining.address(context.listener()).orElseThrow();
        ApiVersionsRequestData probe =
                new ApiVersionsRequestData().setClientSoftwareName("milena").setClientSoftwareVersion("1");
        node.transport().send(address, probe, timeoutMs).whenComplete((versions, failure) -> {
            if (failure != null || !(versions instanceof ApiVersionsResponseData told)) {
                exchange.respond(answer.apply(
                        Errors.REQUEST_TIMED_OUT, "The new voter " + key + " cannot be reached at " + address));
                return;
            }
            ApiVersionsResponseData.SupportedFeatureKey range =
                    told.supportedFeatures().find(KRAFT_VERSION);
            Voter voter = new Voter(
                    key,
                    joining.endpoints(),
                    range == null ? 0 : range.minVersion(),
                    range == null ? 0 : range.maxVersion());
            change(exchange, new VoterChange.Add(voter, whenCommitted), timeoutMs, answer);
        });
    }

    private void remove(Exchange<RemoveRaftVoterRequestData> exchange) {
        RemoveRaftVoterRequestData request = exchange.request();
        BiFunction<Errors, String, ApiMessage> answer = (error, message) ->
                new RemoveRaftVoterResponseData().setErrorCode(error.code()).setErrorMessage(message);
        ReplicaKey key = new ReplicaKey(request.voterId(), request.voterDirectoryId());
        Errors error = check(request.clusterId(), key);
        if (error != Errors.NONE) {
            exchange.respond(answer.apply(error, "Cluster id, voter id or directory id is not valid"));
            return;
        }
        change(exchange, new VoterChange.Remove(key), DEFAULT_TIMEOUT_MS, answer);
    }

    private void update(Exchange<UpdateRaftVoterRequestData> exchange) {
        UpdateRaftVoterRequestData request = exchange.request();
        BiFunction<Errors, String, ApiMessage> answer = (error, message) ->
                new UpdateRaftVoterResponseData().setErrorCode(error.code()).setCurrentLeader(currentLeader());
        Map<String, HostPort> endpoints = new LinkedHashMap<>();
        request.listeners().forEach(each -> endpoints.put(each.name(), new HostPort(each.host(), each.port())));
        ReplicaKey key = new ReplicaKey(request.voterId(), request.voterDirectoryId());
        Errors error = check(request.clusterId(), key);
        if (error != Errors.NONE) {
            exchange.respond(answer.apply(error, ""));
            return;
        }
        Voter voter = new Voter(
                key,
                endpoints,
                request.kRaftVersionFeature().minSupportedVersion(),
                request.kRaftVersionFeature().maxSupportedVersion());
        change(exchange, new VoterChange.Update(request.currentLeaderEpoch(), voter), DEFAULT_TIMEOUT_MS, answer);
    }

    private UpdateRaftVoterResponseData.CurrentLeader currentLeader() {
        RaftView view = node.view();
        UpdateRaftVoterResponseData.CurrentLeader leader = new UpdateRaftVoterResponseData.CurrentLeader()
                .setLeaderId(view.leader().leaderId().orElse(-1))
                .setLeaderEpoch(view.leader().epoch());
        Optional<HostPort> address = view.leaderAddress();
        address.ifPresent(at -> leader.setHost(at.host()).setPort(at.port()));
        return leader;
    }

    private Errors check(@Nullable String clusterId, ReplicaKey key) {
        Errors error = context.check(clusterId);
        boolean complete = key.id() >= 0 && !key.directoryId().equals(Uuid.ZERO_UUID);
        return error != Errors.NONE || complete ? error : Errors.INVALID_REQUEST;
    }

    private void change(
            Exchange<?> exchange, VoterChange change, long timeoutMs, BiFunction<Errors, String, ApiMessage> answer) {
        node.enqueue(() ->
                node.change(change, timeoutMs, (error, message) -> exchange.respond(answer.apply(error, message))));
    }
}
