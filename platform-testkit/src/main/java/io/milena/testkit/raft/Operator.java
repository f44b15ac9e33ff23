package io.milena.testkit.raft;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.VoterSet;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.UpdateRaftVoterRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who adds and removes controllers (KIP-853) from a machine of their own, and replaces the disk of one now and then: only
 * when the other voters are enough.
 */
final class Operator implements Host.Program {
    private static final long TIMEOUT_MS = 2_000;

    /** Longer than any message takes. */
    private static final long REST_MS = 3_500;

    private final Host host;
    private final QuorumPlan plan;
    private final List<QuorumHost> hosts;
    private final QuorumMap map;
    private final Dice dice;
    private @Nullable WireClient client;
    private long restUntilMs;
    private boolean settling;
    private boolean asking;
    private boolean settled;
    private String lastAnswer = "none";
    private Map<Integer, ReplicaKey> lastSeen = new TreeMap<>();

    Operator(Host host, QuorumPlan plan, List<QuorumHost> hosts, QuorumMap map) {
        this.host = host;
        this.plan = plan;
        this.hosts = hosts;
        this.map = map;
        this.dice = host.world().dice().fork();
    }

    void begin() {
        if (plan.dynamic()) {
            host.boot(this);
        }
    }

    @Override
    public void start(Life born) {
        client = new WireClient(born, "operator");
        again(born);
    }

    private void again(Life born) {
        born.after(settling ? 100 : 50, () -> {
            long nowMs = host.world().nowMs();
            if (restUntilMs > 0 && !settling) {
                if (nowMs >= restUntilMs) {
                    restUntilMs = 0;
                    replaceDisk();
                }
            } else if (!asking && (settling || dice.chance(plan.membership()))) {
                act();
            }
            again(born);
        });
    }

    /** From now on: every controller that is there is to vote, and nobody else. */
    void settle() {
        settling = true;
    }

    boolean isSettled() {
        return !plan.dynamic() || settled;
    }

    private void act() {
        leader().ifPresent(leader -> ask(leader, describe(), (answer) -> {
            DescribeQuorumResponseData.PartitionData quorum = ((DescribeQuorumResponseData) answer)
                    .topics()
                    .get(0)
                    .partitions()
                    .get(0);
            if (quorum.errorCode() == Errors.NONE.code()) {
                Map<Integer, ReplicaKey> voters = new TreeMap<>();
                quorum.currentVoters()
                        .forEach(each -> voters.put(
                                each.replicaId(), new ReplicaKey(each.replicaId(), each.replicaDirectoryId())));
                lastSeen = voters;
                change(leader, voters);
            }
        }));
    }

    private void change(QuorumHost leader, Map<Integer, ReplicaKey> voters) {
        Optional<ReplicaKey> gone = voters.values().stream()
                .filter(key -> !hostOf(key.id()).key().equals(key))
                .findFirst();
        List<QuorumHost> outside = hosts.stream()
                .filter(each -> each.isController() && !voters.containsKey(each.id()))
                .toList();
        settled = settling && gone.isEmpty() && outside.isEmpty();
        if (gone.isPresent()) {
            remove(leader, gone.get());
        } else if (settling) {
            if (!outside.isEmpty()) {
                add(leader, outside.get(0));
            }
        } else {
            tinker(leader, voters, outside);
        }
    }

    private void tinker(QuorumHost leader, Map<Integer, ReplicaKey> voters, List<QuorumHost> outside) {
        switch (dice.below(5)) {
            case 0, 1 -> {
                if (!outside.isEmpty()) {
                    add(leader, dice.pick(outside));
                }
            }
            case 2 -> {
                if (voters.size() > 1) {
                    remove(leader, dice.pick(List.copyOf(voters.values())));
                }
            }
            case 3 -> update(leader, dice.pick(List.copyOf(voters.values())));
            default -> restUntilMs = host.world().nowMs() + REST_MS;
        }
    }

    /**
     * Once it is sure that no change is under way any more, not even in a late message: a replica whose disk is gone never votes
     * again, and the others must be enough in whatever set counts.
     */
    private void replaceDisk() {
        QuorumHost victim = dice.pick(hosts);
        boolean othersAreEnough = hosts.stream()
                .filter(QuorumHost::isController)
                .map(QuorumHost::believedVoters)
                .allMatch(voters -> voters.equals(hosts.get(0).believedVoters()) && enough(voters, victim));
        if (othersAreEnough) {
            host.world().note("disk replaced", victim.id());
            victim.host().cutPower();
            victim.wipe();
        }
    }

    private boolean enough(VoterSet voters, QuorumHost without) {
        long left = voters.voters().stream()
                .filter(voter -> voter.key().id() != without.id()
                        && hostOf(voter.key().id()).key().equals(voter.key()))
                .count();
        return left >= voters.majority();
    }

    private void add(QuorumHost leader, QuorumHost joiner) {
        HostPort address = map.address(joiner.id());
        AddRaftVoterRequestData.ListenerCollection listeners = new AddRaftVoterRequestData.ListenerCollection();
        listeners.add(new AddRaftVoterRequestData.Listener()
                .setName(QuorumHost.LISTENER)
                .setHost(address.host())
                .setPort(address.port()));
        change(
                leader,
                "add",
                joiner.key(),
                new AddRaftVoterRequestData()
                        .setClusterId(QuorumHost.CLUSTER)
                        .setTimeoutMs((int) TIMEOUT_MS)
                        .setVoterId(joiner.id())
                        .setVoterDirectoryId(joiner.key().directoryId())
                        .setListeners(listeners)
                        .setAckWhenCommitted(dice.nextBoolean()));
    }

    private void remove(QuorumHost leader, ReplicaKey key) {
        change(
                leader,
                "remove",
                key,
                new RemoveRaftVoterRequestData()
                        .setClusterId(QuorumHost.CLUSTER)
                        .setVoterId(key.id())
                        .setVoterDirectoryId(key.directoryId()));
    }

    /** A voter that would like to be reached by another name too. */
    private void update(QuorumHost leader, ReplicaKey key) {
        UpdateRaftVoterRequestData.ListenerCollection listeners = new UpdateRaftVoterRequestData.ListenerCollection();
        HostPort address = map.address(key.id());
        for (String name : List.of(QuorumHost.LISTENER, "OTHER" + dice.below(2))) {
            listeners.add(new UpdateRaftVoterRequestData.Listener()
                    .setName(name)
                    .setHost(address.host())
                    .setPort(address.port()));
        }
        var raft = leader.raft();
        change(
                leader,
                "update",
                key,
                new UpdateRaftVoterRequestData()
                        .setClusterId(QuorumHost.CLUSTER)
                        .setCurrentLeaderEpoch(
                                raft == null ? 0 : raft.leaderAndEpoch().epoch())
                        .setVoterId(key.id())
                        .setVoterDirectoryId(key.directoryId())
                        .setListeners(listeners)
                        .setKRaftVersionFeature(new UpdateRaftVoterRequestData.KRaftVersionFeature()
                                .setMinSupportedVersion((short) 0)
                                .setMaxSupportedVersion((short) 1)));
    }

    private void change(QuorumHost leader, String what, ReplicaKey key, ApiMessage request) {
        host.world().note(what, key.id(), key.directoryId().getLeastSignificantBits());
        ask(leader, request, answer -> {
            lastAnswer = what + " " + key + ": " + answer;
            host.world().trace().say(host.world().nowUs(), lastAnswer);
        });
    }

    private interface Answer {
        void accept(ApiMessage answer);
    }

    private void ask(QuorumHost leader, ApiMessage request, Answer answer) {
        WireClient asker = client;
        if (asker == null) {
            return;
        }
        asking = true;
        HostPort address = map.address(leader.id());
        short version = ApiKeys.forId(request.apiKey()).messageType.highestSupportedVersion(false);
        asker.ask(address.host(), address.port(), request, version, TIMEOUT_MS, (response, failure) -> {
            asking = false;
            if (response != null) {
                answer.accept(response);
            }
        });
    }

    private static DescribeQuorumRequestData describe() {
        return new DescribeQuorumRequestData()
                .setTopics(List.of(new DescribeQuorumRequestData.TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0)))));
    }

    private Optional<QuorumHost> leader() {
        return hosts.stream().filter(QuorumHost::leads).findFirst();
    }

    private QuorumHost hostOf(int id) {
        return hosts.get(id - 1);
    }

    @Override
    public String toString() {
        return plan.dynamic() ? "voters " + lastSeen + ", last answer: " + lastAnswer : "static voters";
    }
}
