package io.milena.testkit.coordinator.group;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.testkit.coordinator.node.Broker;
import io.milena.testkit.coordinator.node.Cluster;
import io.milena.testkit.coordinator.node.ReplicatedPartition;
import io.milena.testkit.coordinator.node.Resident;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** All groups and their clients. */
public final class Workload {
    private static final int FIRST_CLIENT = 100;
    private static final long TURN_US = 100_000;
    private static final long ANSWER_US = 700_000;

    private final Cluster cluster;
    private final Dice dice;
    private final GroupLedger ledger = new GroupLedger();
    private final List<GroupMember> members = new ArrayList<>();
    private final List<Onlooker> onlookers = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();
    private final Map<GroupClient, Long> acknowledgedUs = new HashMap<>();
    private final Set<ReplicatedPartition> disturbed = new HashSet<>();
    private final double clientFaults;
    private @Nullable ReplicatedPartition stalled;
    private long calmSinceUs = Long.MAX_VALUE;
    private boolean troubled;
    /** What was asked before may still be answered as trouble would have it. */
    private long healedUs = Long.MIN_VALUE / 2;

    private int acknowledged;

    public Workload(Cluster cluster) {
        this.cluster = cluster;
        this.dice = cluster.world().dice().fork();
        this.clientFaults = dice.chance(0.6) ? dice.nextDouble() * 0.1 : 0;
        ledger.follow(cluster.partitions());
        int id = FIRST_CLIENT;
        for (int number = 0; number < 4; number++) {
            String group = (number % 2 == 0 ? "classic" : "consumer") + number + (char) ('a' + dice.below(26));
            groups.add(group);
            int size = (int) dice.between(2, 3);
            for (int i = 0; i < size; i++) {
                Host host = cluster.network().host(id++);
                String instance = dice.chance(0.4) ? "instance" + i : null;
                members.add(
                        number % 2 == 0
                                ? new ClassicMember(this, host, group, instance)
                                : new ConsumerMember(this, host, group, instance));
            }
        }
        groups.add(Onlooker.NOBODYS_GROUP);
        onlookers.add(new Onlooker(this, cluster.network().host(id++), dice.chance(0.5)));
        onlookers.add(new Onlooker(this, cluster.network().host(id), false));
    }

    /** What runs on brokers for it. */
    public static Resident.Factory coordinators() {
        return GroupResident::new;
    }

    Cluster cluster() {
        return cluster;
    }

    GroupLedger ledger() {
        return ledger;
    }

    List<String> groups() {
        return groups;
    }

    boolean isTroubled() {
        return troubled || cluster.world().nowUs() < healedUs + GroupClient.TIMEOUT_MS * 1_000L;
    }

    public int acknowledged() {
        return acknowledged;
    }

    void acknowledged(GroupClient client) {
        acknowledged++;
        acknowledgedUs.put(client, cluster.world().nowUs());
    }

    public void begin() {
        members.forEach(each -> each.host().boot(each));
        onlookers.forEach(each -> each.host().boot(each));
    }

    public void troubled(boolean now) {
        troubled = now;
        healedUs = now ? 0 : cluster.world().nowUs();
        if (now) {
            again();
        }
    }

    private void again() {
        cluster.world().after(TURN_US, () -> {
            if (!troubled) {
                return;
            }
            GroupMember victim = dice.pick(members);
            if (dice.chance(clientFaults) && victim.host().isUp()) {
                if (dice.nextBoolean()) {
                    victim.host().kill();
                } else {
                    victim.leave();
                }
            }
            members.stream()
                    .filter(each -> !each.host().isUp() && dice.chance(0.1))
                    .forEach(each -> each.host().boot(each));
            again();
        });
    }

    public void bootAll() {
        members.stream()
                .filter(each -> !each.host().isUp())
                .forEach(each -> each.host().boot(each));
    }

    // ---- settled: every partition has one consumer, who commits

    /** Whether every group consumes everything, and all its members have committed since then. */
    public boolean isSettled(long sinceUs) {
        return isSettledBut(null, sinceUs);
    }

    /** As {@link #isSettled}, but for the groups of one partition. */
    public boolean isSettledBut(@Nullable ReplicatedPartition excepted, long sinceUs) {
        for (String group : groups) {
            if (home(group) == excepted) {
                continue;
            }
            List<GroupMember> up = members.stream()
                    .filter(each -> each.group().equals(group) && each.host().isUp())
                    .toList();
            Set<Integer> all = new TreeSet<>();
            int sum = 0;
            for (GroupMember each : up) {
                boolean committed = each.owned().isEmpty() || acknowledgedUs.getOrDefault(each, -1L) >= sinceUs;
                if (!each.isSettled() || each.epoch() != up.get(0).epoch() || !committed) {
                    return false;
                }
                all.addAll(each.owned());
                sum += each.owned().size();
            }
            if (!up.isEmpty() && (all.size() < GroupLimits.PARTITIONS || sum > all.size())) {
                return false;
            }
        }
        return true;
    }

    // ---- calm: nothing but what is said here happens

    /** From now on nothing goes wrong but with these partitions. */
    public void calm(Set<ReplicatedPartition> disturbedOnes, @Nullable ReplicatedPartition stalledOne) {
        calmSinceUs = cluster.world().nowUs();
        disturbed.clear();
        disturbed.addAll(disturbedOnes);
        stalled = stalledOne;
    }

    /** How long an answer about a group of this partition may take; 0 if nobody can say. */
    long answersWithinUs(ReplicatedPartition home) {
        if (calmSinceUs > cluster.world().nowUs() || disturbed.contains(home)) {
            return 0;
        }
        return home == stalled ? ANSWER_US + GroupLimits.WRITE_TIMEOUT_MS * 1_000L : ANSWER_US;
    }

    boolean isCalmSince(long sinceUs, ReplicatedPartition home) {
        return calmSinceUs <= sinceUs && !disturbed.contains(home);
    }

    /** The rebalances that members went through so far. */
    public List<Integer> rebalances() {
        return members.stream().map(GroupMember::rebalances).toList();
    }

    /** The process of one member of each group ends without a word. */
    public void killOneOfEach() {
        for (String group : groups) {
            members.stream()
                    .filter(each -> each.group().equals(group))
                    .findFirst()
                    .ifPresent(each -> each.host().kill());
        }
    }

    // ---- what is in the logs

    /** Looks whether live shards have what is in their logs; {@code differences} empties as they are seen to. */
    public void compare(Map<ReplicatedPartition, String> differences) {
        for (ReplicatedPartition partition : cluster.partitions()) {
            List<String> here =
                    groups.stream().filter(each -> home(each) == partition).toList();
            if (here.isEmpty()) {
                differences.remove(partition);
                continue;
            }
            Broker leader = cluster.broker(partition.leader());
            for (Resident resident : leader.residents()) {
                if (resident instanceof GroupResident groupsThere) {
                    LoadedAnew.look(groupsThere.coordinator(), here.get(0), live -> {
                        Map<String, String> loaded = LoadedAnew.load(leader, partition, here.get(0));
                        if (partition.isAllCommitted() && live.equals(loaded)) {
                            differences.remove(partition);
                        } else if (differences.containsKey(partition)) {
                            differences.put(partition, "live " + live + "\nin the log " + loaded);
                        }
                    });
                }
            }
        }
    }

    /** Where a group lives. */
    public ReplicatedPartition home(String group) {
        return cluster.partition(new TopicPartition(
                GroupCoordinator.OFFSETS_TOPIC,
                GroupCoordinator.partitionFor(group, cluster.plan().partitions())));
    }

    public void demandNoRebalance(List<Integer> before) {
        Violation.unless(before.equals(rebalances()), "Groups rebalanced though nothing happened to them: %s", this);
    }

    @Override
    public String toString() {
        return members.toString();
    }
}
