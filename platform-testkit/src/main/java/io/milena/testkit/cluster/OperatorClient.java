package io.milena.testkit.cluster;

import io.milena.metadata.PartitionRegistration;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Somebody who creates topics, moves replicas and elects leaders. What was answered must be there in the end. */
final class OperatorClient extends ClientNode {
    private static final int TIMEOUT_MS = 2_000;

    private final ClusterPlan plan;
    private final Set<String> created = new TreeSet<>();
    private int topics;
    private boolean working = true;

    OperatorClient(Host host, Cluster cluster, ClusterPlan plan) {
        super(host, cluster);
        this.plan = plan;
    }

    @Override
    void begin() {
        create(TOPIC, plan.partitions(), true);
        again();
    }

    void finish() {
        working = false;
    }

    /** Topics of which a controller said that they exist. */
    Set<String> created() {
        return created;
    }

    private void again() {
        after(100, () -> {
            if (working) {
                if (dice.chance(plan.operations())) {
                    work();
                }
                again();
            }
        });
    }

    private void work() {
        switch (dice.below(5)) {
            case 0 -> create("other" + topics++, (int) dice.between(2, 3), false);
            case 1 -> elect();
            case 2 ->
                cluster().controllers().stream()
                        .filter(each -> each.member() != null)
                        .findAny()
                        .ifPresent(each -> each.host().world().after(0, () -> snapshot(each)));
            default -> reassign();
        }
    }

    private static void snapshot(ControllerNode node) {
        var life = node.host().life();
        if (life != null) {
            life.execute(() -> {
                MetadataMember member = node.member();
                if (member != null) {
                    member.snapshot();
                }
            });
        }
    }

    private void create(String name, int partitions, boolean untilItIsThere) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) 3));
        decide(request, answer -> {
            if (answer instanceof CreateTopicsResponseData response) {
                Errors error = Errors.forCode(response.topics().find(name).errorCode());
                if (error == Errors.NONE || error == Errors.TOPIC_ALREADY_EXISTS) {
                    created.add(name);
                    return;
                }
            }
            if (untilItIsThere) {
                after(200, () -> create(name, partitions, true));
            }
        });
    }

    private void elect() {
        decide(
                new ElectLeadersRequestData()
                        .setElectionType((byte) 0)
                        .setTimeoutMs(TIMEOUT_MS)
                        .setTopicPartitions(null),
                answer -> {});
    }

    private void reassign() {
        int index = dice.below(plan.partitions());
        Seen partition = find(index);
        if (partition == null) {
            return;
        }
        boolean cancel = dice.chance(0.2) && isReassigning(partition.registration());
        List<Integer> pool = new ArrayList<>(cluster().map().brokers());
        List<Integer> replicas = new ArrayList<>();
        while (replicas.size() < 3) {
            replicas.add(pool.remove(dice.below(pool.size())));
        }
        AlterPartitionReassignmentsRequestData request =
                new AlterPartitionReassignmentsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(new ReassignableTopic()
                        .setName(TOPIC)
                        .setPartitions(List.of(new ReassignablePartition()
                                .setPartitionIndex(index)
                                .setReplicas(cancel ? null : replicas))));
        host().world().note(cancel ? "cancel reassignment" : "reassign", index, code(replicas));
        decide(request, answer -> {});
    }

    private static boolean isReassigning(PartitionRegistration partition) {
        return partition.isReassigning();
    }

    private static long code(List<Integer> replicas) {
        return replicas.stream().mapToLong(Integer::longValue).reduce(0, (all, each) -> all * 10 + each);
    }

    private interface Answer {
        void accept(@Nullable ApiMessage answer);
    }

    /** Asks whoever leads, or anybody if that is not known. */
    private void decide(ApiMessage request, Answer answer) {
        Optional<ControllerNode> active = cluster().controllers().stream()
                .filter(ControllerNode::isActive)
                .reduce((first, second) -> dice.nextBoolean() ? first : second);
        ControllerNode asked = active.orElseGet(() -> dice.pick(cluster().controllers()));
        ask(
                cluster().map().controller(asked.host().id()),
                request,
                TIMEOUT_MS,
                (response, failure) -> answer.accept(response));
    }

    void check() {
        for (String name : created) {
            Violation.unless(
                    cluster().observer().newest().topics().topicOrNull(name) != null,
                    "topic %s was said to exist, and does not",
                    name);
        }
    }
}
