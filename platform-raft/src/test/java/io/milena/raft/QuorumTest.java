package io.milena.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.raft.core.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three static voters over real sockets and disks. */
class QuorumTest {
    @TempDir
    Path dir;

    private final Map<Integer, HostPort> voters = new TreeMap<>();
    private final Map<Integer, Uuid> directories = new TreeMap<>();
    private final Map<Integer, TestNode> nodes = new TreeMap<>();

    QuorumTest() {
        for (int id = 1; id <= 3; id++) {
            voters.put(id, new HostPort("127.0.0.1", TestNode.freePort()));
            directories.put(id, Uuid.randomUuid());
        }
    }

    private void start(int id) {
        nodes.put(
                id,
                new TestNode(
                        id,
                        directories.get(id),
                        dir.resolve("n" + id),
                        voters.get(id).port(),
                        true,
                        config -> config.staticVoters(voters)
                                .electionTimeoutMs(300)
                                .electionBackoffMaxMs(300)
                                .fetchTimeoutMs(1_000)));
    }

    private void stop(int id) {
        nodes.remove(id).close();
    }

    @AfterEach
    void stopAll() {
        new ArrayList<>(nodes.keySet()).forEach(this::stop);
    }

    private Optional<TestNode> leader() {
        return nodes.entrySet().stream()
                .filter(node -> node.getValue().raft.roleName().equals("Leader"))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private TestNode awaitLeader() {
        await().atMost(Duration.ofSeconds(10)).until(() -> leader().isPresent());
        return leader().orElseThrow();
    }

    private int idOf(TestNode node) {
        return nodes.entrySet().stream()
                .filter(each -> each.getValue() == node)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private void append(String value) {
        await().atMost(Duration.ofSeconds(10)).ignoreExceptions().until(() -> {
            TestNode leader = awaitLeader();
            return leader.raft
                            .append(leader.raft.leaderAndEpoch().epoch(), TestNode.config(value))
                            .get()
                    > 0;
        });
    }

    private void awaitOnAll(List<String> values) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(nodes.values()).allSatisfy(node -> {
                    assertThat(node.faults).isEmpty();
                    assertThat(node.seen.values).isEqualTo(values);
                }));
    }

    @Test
    void what_a_majority_has_survives_the_leader_and_the_returning_node_catches_up() {
        start(1);
        start(2);
        start(3);
        append("a");
        awaitOnAll(List.of("a"));
        int old = idOf(awaitLeader());
        stop(old);
        append("b");
        awaitOnAll(List.of("a", "b"));
        assertThat(awaitLeader().raft.leaderAndEpoch().epoch()).isGreaterThan(1);
        start(old);
        append("c");
        awaitOnAll(List.of("a", "b", "c"));
        assertThat(nodes.values().stream().map(node -> node.raft.logEndOffset()).distinct())
                .hasSize(1);
        var described = awaitLeader().raft.describe().join();
        assertThat(described.currentVoters()).hasSize(3);
    }

    @Test
    void without_a_majority_nothing_is_committed_and_the_leader_resigns() {
        start(1);
        start(2);
        start(3);
        append("a");
        awaitOnAll(List.of("a"));
        TestNode leader = awaitLeader();
        int leaderId = idOf(leader);
        List.of(1, 2, 3).stream().filter(id -> id != leaderId).forEach(this::stop);
        int epoch = leader.raft.leaderAndEpoch().epoch();
        leader.raft.append(epoch, TestNode.config("lost?"));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !leader.raft.leaderAndEpoch().isLeader(leaderId));
        assertThat(leader.seen.values).containsExactly("a");
        List.of(1, 2, 3).stream().filter(id -> id != leaderId).forEach(this::start);
        append("b");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(nodes.values())
                        .allSatisfy(node -> assertThat(node.seen.values).endsWith("b")));
        assertThat(nodes.values().stream().map(node -> node.seen.values).distinct())
                .hasSize(1);
    }
}
