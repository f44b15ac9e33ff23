package io.milena.testkit.raft;

import io.milena.raft.core.HostPort;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireClient;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Somebody on the network who is no member of the quorum, and tells controllers of epochs and leaders that there are none of. */
final class Stranger implements Host.Program {
    private static final int NOBODY = 77;
    private static final String TOPIC = "__cluster_metadata";
    private static final long TIMEOUT_MS = 500;

    private final Host host;
    private final QuorumPlan plan;
    private final List<QuorumHost> hosts;
    private final QuorumMap map;
    private final Dice dice;
    private boolean done;

    Stranger(Host host, QuorumPlan plan, List<QuorumHost> hosts, QuorumMap map) {
        this.host = host;
        this.plan = plan;
        this.hosts = hosts.stream().filter(QuorumHost::isController).toList();
        this.map = map;
        this.dice = host.world().dice().fork();
    }

    void begin() {
        if (plan.strangers() > 0) {
            host.boot(this);
        }
    }

    void leave() {
        done = true;
    }

    @Override
    public void start(Life born) {
        again(born, new WireClient(born, "stranger"));
    }

    private void again(Life born, WireClient client) {
        born.after(20, () -> {
            if (!done && dice.chance(plan.strangers())) {
                HostPort address = map.address(dice.pick(hosts).id());
                ApiMessage lie = lie();
                short version = ApiKeys.forId(lie.apiKey()).messageType.highestSupportedVersion(false);
                client.ask(address.host(), address.port(), lie, version, TIMEOUT_MS, (answer, failure) -> {});
            }
            if (!done) {
                again(born, client);
            }
        });
    }

    private ApiMessage lie() {
        return switch (dice.below(4)) {
            case 0 ->
                new BeginQuorumEpochRequestData()
                        .setClusterId(QuorumHost.CLUSTER)
                        .setTopics(List.of(new BeginQuorumEpochRequestData.TopicData()
                                .setTopicName(TOPIC)
                                .setPartitions(List.of(new BeginQuorumEpochRequestData.PartitionData()
                                        .setLeaderId(NOBODY)
                                        .setLeaderEpoch(epoch())))));
            case 1 ->
                new EndQuorumEpochRequestData()
                        .setClusterId(QuorumHost.CLUSTER)
                        .setTopics(List.of(new EndQuorumEpochRequestData.TopicData()
                                .setTopicName(TOPIC)
                                .setPartitions(List.of(new EndQuorumEpochRequestData.PartitionData()
                                        .setLeaderId(NOBODY)
                                        .setLeaderEpoch(epoch())))));
            case 2 ->
                new VoteRequestData()
                        .setClusterId(QuorumHost.CLUSTER)
                        .setVoterId(-1)
                        .setTopics(List.of(new VoteRequestData.TopicData()
                                .setTopicName(TOPIC)
                                .setPartitions(List.of(new VoteRequestData.PartitionData()
                                        .setReplicaId(
                                                dice.nextBoolean()
                                                        ? NOBODY
                                                        : dice.pick(hosts).id())
                                        .setReplicaDirectoryId(new Uuid(9, 9))
                                        .setReplicaEpoch(Integer.MAX_VALUE - dice.below(1_000))
                                        .setLastOffset(dice.between(0, 1_000_000))
                                        .setPreVote(dice.nextBoolean())))));
            default ->
                new FetchRequestData()
                        .setClusterId(QuorumHost.CLUSTER)
                        .setReplicaState(new FetchRequestData.ReplicaState().setReplicaId(NOBODY + dice.below(1_000)))
                        .setMaxWaitMs(Integer.MAX_VALUE)
                        .setTopics(List.of(new FetchRequestData.FetchTopic()
                                .setTopicId(Uuid.METADATA_TOPIC_ID)
                                .setPartitions(List.of(new FetchRequestData.FetchPartition()
                                        .setCurrentLeaderEpoch(epoch())
                                        .setFetchOffset(dice.between(0, Long.MAX_VALUE / 2))))));
        };
    }

    private int epoch() {
        return dice.nextBoolean() ? dice.below(50) : Integer.MAX_VALUE - dice.below(1_000);
    }
}
