package io.milena.testkit.process;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/** What a cluster of processes does at the moment, asked of the processes and of the cluster itself. */
final class ClusterStatus {
    private static final int TIMEOUT_MS = 4_000;

    private final ProcessCluster cluster;
    private final Set<Integer> unfenced = new HashSet<>();
    private final Map<Integer, Integer> leads = new HashMap<>();
    private final Map<Integer, Integer> missing = new HashMap<>();
    private OptionalInt activeController = OptionalInt.empty();
    private @Nullable String problem;

    ClusterStatus(ProcessCluster cluster) {
        this.cluster = cluster;
        if (cluster.brokers().stream().anyMatch(NodeProcess::isRunning)) {
            ask();
        } else if (cluster.nodes().stream().anyMatch(NodeProcess::isRunning)) {
            problem = "No broker runs";
        }
    }

    private void ask() {
        try (Admin admin = cluster.admin(TIMEOUT_MS)) {
            for (Node node : admin.describeCluster(new DescribeClusterOptions())
                    .nodes()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                unfenced.add(node.id());
            }
            activeController = OptionalInt.of(admin.describeMetadataQuorum()
                    .quorumInfo()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .leaderId());
            Set<String> topics = admin.listTopics(new ListTopicsOptions().listInternal(true))
                    .names()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            for (TopicDescription topic : admin.describeTopics(topics)
                    .allTopicNames()
                    .get(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .values()) {
                topic.partitions().forEach(this::count);
            }
        } catch (InterruptedException e) {
            throw Await.interrupted(e);
        } catch (Exception e) {
            problem = "The cluster does not answer: " + (e.getCause() == null ? e : e.getCause()).getMessage();
        }
    }

    private void count(TopicPartitionInfo partition) {
        Node leader = partition.leader();
        if (leader != null && !leader.isEmpty()) {
            leads.merge(leader.id(), 1, Integer::sum);
        }
        Set<Integer> out = new HashSet<>();
        partition.replicas().forEach(replica -> out.add(replica.id()));
        partition.isr().forEach(replica -> out.remove(replica.id()));
        out.forEach(id -> missing.merge(id, 1, Integer::sum));
    }

    void print(PrintStream out) {
        out.printf("%-4s %-18s %-8s %-9s %-24s %s%n", "ID", "ROLE", "PID", "STATE", "LISTENS", "DOES");
        for (NodeProcess node : cluster.nodes()) {
            out.printf(
                    "%-4d %-18s %-8s %-9s %-24s %s%n",
                    node.id(),
                    node.role().processRoles(),
                    node.pid().map(Object::toString).orElse("-"),
                    state(node),
                    listens(node),
                    does(node));
        }
        if (problem != null) {
            out.println(problem);
        }
    }

    private String state(NodeProcess node) {
        if (!node.isRunning()) {
            return "stopped";
        }
        boolean fenced = node.role().isBroker() && problem == null && !unfenced.contains(node.id());
        return fenced ? "fenced" : "running";
    }

    private static String listens(NodeProcess node) {
        List<String> ports = new ArrayList<>();
        if (node.role().isBroker()) {
            ports.add("127.0.0.1:" + node.port());
        }
        if (node.role().isController()) {
            ports.add((ports.isEmpty() ? "127.0.0.1:" : "quorum :") + node.controllerPort());
        }
        return String.join(" ", ports);
    }

    private String does(NodeProcess node) {
        if (!node.isRunning() || problem != null) {
            return "";
        }
        List<String> does = new ArrayList<>();
        if (node.role().isController() && activeController.isPresent()) {
            does.add(activeController.getAsInt() == node.id() ? "active controller" : "follows");
        }
        if (node.role().isBroker()) {
            does.add("leads " + leads.getOrDefault(node.id(), 0) + " partitions");
            int outOfSync = missing.getOrDefault(node.id(), 0);
            if (outOfSync > 0) {
                does.add(outOfSync + " out of sync");
            }
        }
        return String.join(", ", does);
    }
}
