package io.milena.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/**
 * What a client notices when a node goes: three controllers and three brokers as six processes, one partition with three replicas, min.insync.replicas 2,
 * and clients with Kafka's default back-offs. Several rounds on one cluster, whose node returns after each; the
 * median and the worst of them. The figures are of one cluster, so more runs mean more clusters.
 */
final class FailoverRow implements Row {
    private static final int ROUNDS = Integer.getInteger("milena.failover.rounds", 5);
    private static final String TOPIC = "failover";
    private static final Map<String, String> DEFAULT_BACK_OFFS =
            Map.of("reconnect.backoff.ms", "50", "retry.backoff.ms", "100", "linger.ms", "0");

    private enum Kind {
        /** kill -9 of the partition's leader, until the next record is acknowledged. */
        BROKER("failover-broker", "kill -9 of a partition's leader to the next acknowledged record"),
        /** kill -9 of the active controller, until the next topic is created. */
        CONTROLLER("failover-controller", "kill -9 of the active controller to the next topic created"),
        /** Of three combined nodes, kill -9 of the one that is both, until the next record is acknowledged. */
        COMBINED(
                "failover-combined",
                "kill -9 of a leader that is the active controller too to the next acknowledged record"),
        /** SIGTERM to the partition's leader: the longest that a record takes. */
        STOP("failover-stop", "longest acknowledgement while a partition's leader is stopped");

        final String row;
        final String figure;

        Kind(String row, String figure) {
            this.row = row;
            this.figure = figure;
        }
    }

    private final Kind kind;

    private FailoverRow(Kind kind) {
        this.kind = kind;
    }

    static Row ofBroker() {
        return new FailoverRow(Kind.BROKER);
    }

    static Row ofController() {
        return new FailoverRow(Kind.CONTROLLER);
    }

    static Row ofCombined() {
        return new FailoverRow(Kind.COMBINED);
    }

    static Row ofStop() {
        return new FailoverRow(Kind.STOP);
    }

    @Override
    public String name() {
        return kind.row;
    }

    @Override
    public boolean alsoBare() {
        return true;
    }

    @Override
    public boolean warmsUp() {
        return false;
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        double[] rounds = new double[ROUNDS];
        Map<String, String> minIsr = Map.of("min.insync.replicas", "2");
        try (Cluster cluster =
                kind == Kind.COMBINED ? Cluster.combined(server, 3, minIsr) : Cluster.split(server, 3, 3, minIsr)) {
            cluster.start();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrap()))) {
                Clients.awaitBrokers(admin, 3);
                admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 3)))
                        .all()
                        .get();
                for (int round = 0; round < ROUNDS; round++) {
                    rounds[round] = kind == Kind.CONTROLLER
                            ? killController(cluster, admin, round)
                            : loseLeader(cluster, admin);
                    System.err.printf("  round %d: %.1f ms%n", round + 1, rounds[round]);
                }
            }
        }
        Arrays.sort(rounds);
        Map<String, Double> figures = Row.figures();
        figures.put(
                kind.figure + ", median of " + ROUNDS + ", ms", (rounds[(ROUNDS - 1) / 2] + rounds[ROUNDS / 2]) / 2);
        figures.put(kind.figure + ", worst of " + ROUNDS + ", ms", rounds[ROUNDS - 1]);
        return figures;
    }

    private double loseLeader(Cluster cluster, Admin admin) throws Exception {
        awaitInSync(admin);
        if (kind == Kind.COMBINED) {
            moveTo(admin, awaitQuorum(admin));
        }
        ServerProcess leader = cluster.broker(partition(admin).leader().id());
        double figure;
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(cluster.bootstrap(), DEFAULT_BACK_OFFS);
                Pulse records = new Pulse(number -> producer.send(new ProducerRecord<>(TOPIC, new byte[100]))
                        .get(60, TimeUnit.SECONDS))) {
            records.await(300);
            long sinceNs = System.nanoTime();
            if (kind == Kind.STOP) {
                leader.stop();
                records.await(300);
                figure = records.longestMs(sinceNs);
            } else {
                leader.kill();
                records.await(300);
                figure = records.outageMs(sinceNs);
            }
        }
        leader.start();
        leader.awaitPort();
        return figure;
    }

    /** Makes the node the partition's leader. */
    private static void moveTo(Admin admin, int node) throws Exception {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        List<Integer> replicas = new ArrayList<>(List.of(1, 2, 3));
        replicas.remove((Integer) node);
        replicas.add(0, node);
        admin.alterPartitionReassignments(
                        Map.of(partition, Optional.of(new NewPartitionReassignment(List.copyOf(replicas)))))
                .all()
                .get();
        eventually("leadership moved", () -> {
            admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                    .partitions()
                    .get();
            return partition(admin).leader().id() == node ? true : null;
        });
    }

    private static double killController(Cluster cluster, Admin admin, int round) throws Exception {
        awaitInSync(admin);
        ServerProcess active = cluster.controller(awaitQuorum(admin));
        double figure;
        try (Pulse topics = new Pulse(number -> create(admin, "made-" + round + "-" + number))) {
            topics.await(20);
            long sinceNs = System.nanoTime();
            active.kill();
            topics.await(10);
            figure = topics.outageMs(sinceNs);
        }
        active.start();
        active.awaitPort();
        return figure;
    }

    /** Until every voter follows; the active controller's id. */
    private static int awaitQuorum(Admin admin) throws InterruptedException {
        return eventually("all controllers follow", () -> {
            var quorum = admin.describeMetadataQuorum().quorumInfo().get(10, TimeUnit.SECONDS);
            long end = quorum.voters().stream()
                    .mapToLong(voter -> voter.logEndOffset())
                    .max()
                    .orElse(0);
            boolean close = quorum.voters().stream().allMatch(voter -> voter.logEndOffset() >= end - 5);
            return close ? quorum.leaderId() : null;
        });
    }

    private static void awaitInSync(Admin admin) throws InterruptedException {
        eventually("three replicas in sync", () -> partition(admin).isr().size() == 3 ? true : null);
    }

    /** A broker that repeats a request at the new controller may find that the old one has done it already. */
    private static void create(Admin admin, String topic) throws Exception {
        try {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 3))).all().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TopicExistsException)) {
                throw failed;
            }
        }
    }

    private static <T> T eventually(String what, Callable<@Nullable T> question) throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Exception last = null;
        while (System.nanoTime() < deadlineNs) {
            try {
                T answer = question.call();
                if (answer != null) {
                    return answer;
                }
            } catch (Exception notYet) {
                last = notYet;
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException("Waited in vain: " + what, last);
    }

    private static TopicPartitionInfo partition(Admin admin) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(TOPIC))
                .allTopicNames()
                .get()
                .values()
                .iterator()
                .next()
                .partitions()
                .get(0);
    }
}
