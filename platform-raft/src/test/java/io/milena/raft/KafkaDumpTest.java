package io.milena.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.raft.core.HostPort;
import io.milena.raft.storage.FormatOptions;
import io.milena.raft.storage.NodeStorage;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's own dump tool reads what a standalone dynamic voter leaves on disk. */
class KafkaDumpTest {
    @TempDir
    Path dir;

    private final int port = TestNode.freePort();

    private static String dump(Path... files) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            DumpLogSegments.main(new String[] {
                "--cluster-metadata-decoder",
                "--deep-iteration",
                "--files",
                String.join(",", List.of(files).stream().map(Path::toString).toList())
            });
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private TestNode node(Uuid directoryId) {
        return new TestNode(
                1,
                directoryId,
                dir,
                port,
                true,
                config -> config.bootstrapServers(List.of(new HostPort("127.0.0.1", port))));
    }

    @Test
    void log_snapshots_and_bootstrap_files_of_a_standalone_voter() throws Exception {
        FormatOptions options = new FormatOptions(
                TestNode.CLUSTER,
                1,
                List.of(dir),
                dir,
                "CONTROLLER",
                new FormatOptions.Standalone(new HostPort("127.0.0.1", port)),
                (short) 1,
                "4.3-IV0",
                List.of(new VersionedRecord(
                        new FeatureLevelRecord().setName("metadata.version").setFeatureLevel((short) 30), 0)),
                false);
        Uuid directoryId = NodeStorage.format(options).directoryIds().get(dir);
        OffsetAndEpoch end;
        try (TestNode node = node(directoryId)) {
            await().until(() -> node.raft.leaderAndEpoch().isLeader(1));
            node.raft.append(1, TestNode.config("a", "b")).join();
            await().until(() -> node.seen.values.size() == 2);
            end = new OffsetAndEpoch(node.seen.nextOffset, 1);
            try (SnapshotWriter snapshot = node.raft.createSnapshot(end, 123).orElseThrow()) {
                snapshot.append(TestNode.config("b"));
                snapshot.freeze();
            }
            assertThat(node.faults).isEmpty();
        }
        Path log = dir.resolve("__cluster_metadata-0");
        String text = dump(log.resolve("00000000000000000000.log"));
        assertThat(text)
                .contains("LeaderChange: {\"version\":0,\"leaderId\":1,\"voters\":[{\"voterId\":1}],"
                        + "\"grantingVoters\":[{\"voterId\":1}]}")
                .contains("KRaftVersion {\"version\":0,\"kRaftVersion\":1}")
                .contains("KRaftVoters {\"version\":0,\"voters\":[{\"voterId\":1,\"voterDirectoryId\":\"" + directoryId)
                .contains("\"name\":\"CONTROLLER\",\"host\":\"127.0.0.1\",\"port\":" + port)
                .contains("payload: {\"type\":\"CONFIG_RECORD\",\"version\":0")
                .doesNotContain("isvalid: false");
        assertThat(dump(log.resolve("00000000000000000005-0000000001.checkpoint")))
                .contains("Snapshot end offset: 5, epoch: 1")
                .contains("SnapshotHeader {\"version\":0,\"lastContainedLogTimestamp\":123}")
                .contains("KRaftVoters")
                .contains("\"value\":\"b\"")
                .contains("SnapshotFooter {\"version\":0}")
                .doesNotContain("isvalid: false");
        assertThat(dump(dir.resolve("bootstrap.checkpoint")))
                .contains("KRaft bootstrap snapshot")
                .contains("{\"name\":\"metadata.version\",\"featureLevel\":30}");
        assertThat(Files.readString(log.resolve("quorum-state")))
                .isEqualTo("{\"leaderId\":1,\"leaderEpoch\":1,\"votedId\":-1,"
                        + "\"votedDirectoryId\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"data_version\":1}");
        try (TestNode node = node(directoryId);
                TestNode observer = new TestNode(
                        5,
                        Uuid.randomUuid(),
                        dir.resolve("observer"),
                        0,
                        false,
                        config -> config.bootstrapServers(List.of(new HostPort("127.0.0.1", port))))) {
            await().until(() -> observer.seen.values.equals(List.of("b")));
            assertThat(observer.raft.leaderNode().orElseThrow().id()).isEqualTo(1);
            await().until(() -> node.seen.snapshots.equals(List.of(end)) && node.seen.values.equals(List.of("b")));
            await().until(() -> node.raft.leaderAndEpoch().epoch() == 2);
            await().until(() -> node.raft.highWatermark() == 6);
        }
    }
}
