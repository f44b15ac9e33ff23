package io.milena.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.raft.core.HostPort;
import io.milena.records.OffsetAndEpoch;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftNodeTest {
    @TempDir
    Path dir;

    private final int port = TestNode.freePort();
    private final Uuid voterDirectory = Uuid.randomUuid();
    private final Map<Integer, HostPort> voters = Map.of(1, new HostPort("127.0.0.1", port));

    private TestNode voter(UnaryOperator<RaftNodeConfig.Builder> more) {
        return new TestNode(
                1, voterDirectory, dir.resolve("v"), port, true, config -> more.apply(config.staticVoters(voters)));
    }

    private TestNode voter() {
        return voter(UnaryOperator.identity());
    }

    private TestNode observer(UnaryOperator<RaftNodeConfig.Builder> more) {
        return new TestNode(
                5, Uuid.randomUuid(), dir.resolve("o"), 0, false, config -> more.apply(config.staticVoters(voters)));
    }

    private TestNode observer() {
        return observer(UnaryOperator.identity());
    }

    private static void awaitLeader(TestNode node) {
        await().atMost(Duration.ofSeconds(5))
                .until(() -> node.raft.leaderAndEpoch().isLeader(1) && node.raft.highWatermark() > 0);
    }

    private static long append(TestNode node, String... values) {
        return node.raft
                .append(node.raft.leaderAndEpoch().epoch(), TestNode.config(values))
                .join();
    }

    private static void awaitValues(TestNode node, List<String> values) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            assertThat(node.faults).isEmpty();
            assertThat(node.seen.values).isEqualTo(values);
        });
    }

    @Test
    void a_lone_voter_leads_appends_and_commits() {
        try (TestNode node = voter()) {
            awaitLeader(node);
            assertThat(append(node, "a", "b")).isEqualTo(2);
            awaitValues(node, List.of("a", "b"));
            assertThat(node.seen.leaders).anyMatch(leader -> leader.isLeader(1));
            assertThat(node.raft.append(99, TestNode.config("no")))
                    .failsWithin(Duration.ofSeconds(1))
                    .withThrowableOfType(Exception.class)
                    .withCauseInstanceOf(NotLeaderException.class);
        }
    }

    @Test
    void what_was_committed_is_replayed_after_a_restart_in_a_higher_epoch() {
        try (TestNode node = voter()) {
            awaitLeader(node);
            append(node, "a");
            append(node, "b");
        }
        try (TestNode node = voter()) {
            awaitValues(node, List.of("a", "b"));
            assertThat(node.raft.leaderAndEpoch().epoch()).isEqualTo(2);
            append(node, "c");
            awaitValues(node, List.of("a", "b", "c"));
        }
    }

    @Test
    void a_torn_tail_is_cut_and_nothing_before_it_is_lost() throws Exception {
        try (TestNode node = voter()) {
            awaitLeader(node);
            append(node, "a");
        }
        Path segment = dir.resolve("v/__cluster_metadata-0/00000000000000000000.log");
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1}), file.size());
        }
        try (TestNode node = voter()) {
            awaitValues(node, List.of("a"));
            append(node, "b");
            awaitValues(node, List.of("a", "b"));
        }
    }

    @Test
    void scheduled_appends_get_their_offsets_at_once_and_are_committed_in_order() {
        try (TestNode node = voter()) {
            awaitLeader(node);
            int epoch = node.raft.leaderAndEpoch().epoch();
            List<String> values =
                    IntStream.range(0, 500).mapToObj(Integer::toString).toList();
            for (int i = 0; i < values.size(); i++) {
                assertThat(node.raft.scheduleAppend(epoch, TestNode.config(values.get(i))))
                        .isEqualTo(1 + i);
            }
            awaitValues(node, values);
        }
    }

    @Test
    void an_observer_in_another_process_follows_over_the_wire() {
        try (TestNode voter = voter();
                TestNode observer = observer()) {
            awaitLeader(voter);
            append(voter, "a");
            awaitValues(observer, List.of("a"));
            long start = System.nanoTime();
            append(voter, "b");
            awaitValues(observer, List.of("a", "b"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(450));
            assertThat(observer.raft.leaderNode().orElseThrow().port()).isEqualTo(port);
            assertThat(observer.seen.leaders).anyMatch(leader -> leader.isLeader(1));
            var described = voter.raft.describe().join();
            assertThat(described.currentVoters())
                    .singleElement()
                    .satisfies(v -> assertThat(v.replicaId()).isEqualTo(1));
            assertThat(described.observers()).singleElement().satisfies(o -> {
                assertThat(o.replicaId()).isEqualTo(5);
                assertThat(o.logEndOffset()).isEqualTo(described.highWatermark());
            });
            assertThatThrownBy(() -> observer.raft.describe().join()).hasCauseInstanceOf(NotLeaderException.class);
        }
    }

    @Test
    void an_observer_that_starts_first_waits_and_one_that_lost_the_leader_comes_back() {
        try (TestNode observer = observer()) {
            try (TestNode voter = voter()) {
                awaitLeader(voter);
                append(voter, "a");
                awaitValues(observer, List.of("a"));
            }
            try (TestNode voter = voter()) {
                awaitLeader(voter);
                append(voter, "b");
                awaitValues(observer, List.of("a", "b"));
                assertThat(observer.raft.leaderAndEpoch().epoch()).isEqualTo(2);
            }
        }
    }

    @Test
    void a_snapshot_frees_the_log_and_new_observers_start_from_it() throws Exception {
        try (TestNode voter = voter(config -> config.segmentBytes(2_000).retentionBytes(1_000))) {
            awaitLeader(voter);
            List<String> values = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                values.add("value-" + i);
                append(voter, "value-" + i);
            }
            awaitValues(voter, values);
            OffsetAndEpoch end = new OffsetAndEpoch(voter.seen.nextOffset, voter.seen.lastEpoch);
            try (SnapshotWriter snapshot =
                    voter.raft.createSnapshot(end, voter.seen.lastTimestampMs).orElseThrow()) {
                snapshot.append(TestNode.config(values.toArray(new String[0])));
                snapshot.freeze();
            }
            assertThat(voter.raft.createSnapshot(end, 0)).isEmpty();
            Path log = dir.resolve("v/__cluster_metadata-0");
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() ->
                            assertThat(log.resolve("00000000000000000000.log")).doesNotExist());
            append(voter, "after");
            values.add("after");
            try (TestNode observer = observer(config -> config.fetchSnapshotMaxBytes(700))) {
                awaitValues(observer, values);
                assertThat(observer.seen.snapshots).containsExactly(end);
            }
            try (TestNode observer = observer()) {
                awaitValues(observer, values);
            }
        }
        try (TestNode voter = voter()) {
            await().until(() -> voter.seen.values.size() == 101);
            assertThat(voter.seen.snapshots).hasSize(1);
            assertThat(Files.list(dir.resolve("v/__cluster_metadata-0"))
                            .filter(file -> file.toString().endsWith(".checkpoint")))
                    .hasSize(1);
        }
    }

    @Test
    void an_observer_whose_log_diverged_truncates() {
        try (TestNode voter = voter();
                TestNode observer = observer()) {
            awaitLeader(voter);
            append(voter, "a");
            append(voter, "lost-1");
            append(voter, "lost-2");
            awaitValues(observer, List.of("a", "lost-1", "lost-2"));
        }
        // The voter's disk goes back in time, as an unsynced tail would; the observer is ahead in the old epoch.
        PartitionRaftLog log = PartitionRaftLog.open(
                RaftNodeConfig.builder(1, TestNode.CLUSTER, voterDirectory, dir.resolve("v"))
                        .controller(true)
                        .staticVoters(voters)
                        .build(),
                io.milena.raft.core.VoterSet.EMPTY,
                RaftClock.system());
        log.truncateTo(2);
        log.close();
        try (TestNode voter = voter();
                TestNode observer = observer()) {
            awaitLeader(voter);
            append(voter, "b");
            awaitValues(observer, List.of("a", "b"));
            assertThat(observer.raft.logEndOffset()).isEqualTo(voter.raft.logEndOffset());
        }
    }

    @Test
    void many_appends_share_few_fsyncs() {
        try (TestNode node = voter()) {
            awaitLeader(node);
            int epoch = node.raft.leaderAndEpoch().epoch();
            List<CompletableFuture<Long>> written = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                written.add(node.raft.append(epoch, TestNode.config("v" + i)));
            }
            assertThat(CompletableFuture.allOf(written.toArray(new CompletableFuture<?>[0])))
                    .succeedsWithin(Duration.ofSeconds(5));
        }
    }
}
