package io.milena.testkit.hostile;

import io.milena.testkit.process.Await;
import io.milena.testkit.process.NodeProcess;
import io.milena.testkit.process.ProcessCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** One cluster, struck for a while; then it must still run, serve, and start again. */
final class HostileRun {
    /** What a node may have in memory: its heap and as much direct memory, and what a JVM needs besides. */
    static final int MAX_RSS_MB = 256 + 256 + 250;

    private static final String TOPIC = "good";
    private static final Duration CALM = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final ProcessCluster cluster;
    private final Path directory;
    private final Attackers.Plan plan;
    private final PrintStream out;
    private final List<InetSocketAddress> targets = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final Map<String, Integer> strikes = new TreeMap<>();
    private double calmP99Ms;
    private double struckP99Ms;

    /** @param directory for what the attackers say */
    HostileRun(ProcessCluster cluster, Path directory, Attackers.Plan plan, PrintStream out) {
        this.cluster = cluster;
        this.directory = directory;
        this.plan = plan;
        this.out = out;
    }

    /** What did not hold; empty if all did. */
    List<String> run() throws Exception {
        chooseTargets();
        cluster.start();
        createTopic(TOPIC);
        try (GoodProducer producer = new GoodProducer(cluster.bootstrapServers(), TOPIC)) {
            Await.pause(CALM.toMillis());
            int calm = producer.acknowledged();
            calmP99Ms = producer.p99Ms(calm / 2); // without what is slow at a start
            strike();
            struckP99Ms = producer.p99Ms(calm);
            int seen = producer.acknowledged();
            Await.until(
                    "that the producer's records are acknowledged", LONG, () -> producer.acknowledged() > seen + 100);
            if (producer.failed() > 0) {
                faults.add(producer.failed() + " records of the well-behaved producer failed");
            }
        } catch (IllegalStateException gone) {
            faults.add(String.valueOf(gone.getMessage()));
        }
        checkProcesses();
        if (faults.isEmpty()) {
            restart();
        }
        report();
        return faults;
    }

    double calmP99Ms() {
        return calmP99Ms;
    }

    double struckP99Ms() {
        return struckP99Ms;
    }

    private void chooseTargets() throws IOException {
        for (NodeProcess node : cluster.nodes()) {
            if (node.role().isBroker()) {
                targets.add(new InetSocketAddress("127.0.0.1", node.port()));
                targets.add(StrangersListener.addTo(node));
            }
            if (node.role().isController()) {
                targets.add(new InetSocketAddress("127.0.0.1", node.controllerPort()));
            }
        }
    }

    private void strike() throws Exception {
        Path output = directory.resolve("attackers.log");
        try (Attackers all = Attackers.start(targets, plan, output)) {
            while (!all.haveEnded(Duration.ofMillis(500)) && allRun()) {
                // They go on.
            }
            all.close();
            Attackers.Report report = all.report();
            strikes.putAll(report.strikes());
            faults.addAll(report.broken());
            report.refusals().forEach(out::println);
        }
    }

    private boolean allRun() {
        return cluster.nodes().stream().allMatch(NodeProcess::isRunning);
    }

    private void checkProcesses() throws IOException {
        for (NodeProcess node : cluster.nodes()) {
            if (!node.isRunning()) {
                faults.add(node + " has ended; its log ends with\n" + node.logTail(15));
                continue;
            }
            int rssMb = rssMb(node.pid().orElseThrow());
            out.printf("%s: %d MB resident%n", node, rssMb);
            if (rssMb > MAX_RSS_MB) {
                faults.add(node + " has " + rssMb + " MB resident, more than " + MAX_RSS_MB);
            }
        }
    }

    private static int rssMb(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> Integer.parseInt(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    private void restart() {
        try {
            cluster.stop(LONG);
            cluster.start();
            createTopic("after-restart");
        } catch (Exception e) {
            faults.add("after a restart: " + e.getMessage());
        }
    }

    private void createTopic(String name) throws Exception {
        short replicas = (short) Math.min(3, cluster.brokers().size());
        try (Admin admin = cluster.admin(10_000)) {
            admin.createTopics(Set.of(new NewTopic(name, 1, replicas))).all().get();
        }
    }

    private void report() {
        out.println("strikes: " + strikes);
        out.printf("p99 of a well-behaved producer: %.1f ms before, %.1f ms meanwhile%n", calmP99Ms, struckP99Ms);
        faults.forEach(fault -> out.println("FAULT: " + fault));
    }
}
