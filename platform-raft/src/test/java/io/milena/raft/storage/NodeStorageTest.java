package io.milena.raft.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.raft.core.ElectionState;
import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.FileQuorumStateStore;
import org.apache.kafka.server.common.KRaftVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeStorageTest {
    private static final String CLUSTER = "5L6g3nShT-eMCtK--X86sw";
    private static final List<VersionedRecord> FEATURES = List.of(
            new VersionedRecord(
                    new FeatureLevelRecord().setName("metadata.version").setFeatureLevel((short) 30), 0),
            new VersionedRecord(
                    new FeatureLevelRecord().setName("group.version").setFeatureLevel((short) 1), 0));

    @TempDir
    Path dir;

    private FormatOptions options(String cluster, int node, FormatOptions.Quorum quorum, boolean ignoreFormatted) {
        boolean dynamic =
                quorum instanceof FormatOptions.Standalone || quorum instanceof FormatOptions.InitialControllers;
        return new FormatOptions(
                cluster,
                node,
                List.of(dir.resolve("a"), dir.resolve("b")),
                dir.resolve("a"),
                "CONTROLLER",
                quorum,
                (short) (dynamic ? 1 : 0),
                "4.3-IV0",
                FEATURES,
                ignoreFormatted);
    }

    private FormatOptions statics() {
        return options(CLUSTER, 1, new FormatOptions.StaticVoters(), false);
    }

    @Test
    void format_says_what_kafka_says_and_kafka_accepts_the_directories() throws Exception {
        var outcome = NodeStorage.format(statics());
        assertThat(outcome.messages())
                .containsExactly(
                        "Bootstrap metadata: BootstrapMetadata(records=[ApiMessageAndVersion(FeatureLevelRecord("
                                + "name='metadata.version', featureLevel=30) at version 0), ApiMessageAndVersion("
                                + "FeatureLevelRecord(name='group.version', featureLevel=1) at version 0)],"
                                + " metadataVersionLevel=30, source=format command)",
                        "Formatting metadata directory " + dir.resolve("a") + " with metadata.version 4.3-IV0.",
                        "Formatting data directory " + dir.resolve("b") + " with metadata.version 4.3-IV0.");
        assertThat(dir.resolve("a")).isDirectoryNotContaining("glob:**.part");

        MetaPropertiesEnsemble kafka = new MetaPropertiesEnsemble.Loader()
                .addLogDirs(
                        List.of(dir.resolve("a").toString(), dir.resolve("b").toString()))
                .load();
        kafka.verify(
                Optional.of(CLUSTER),
                OptionalInt.of(1),
                EnumSet.of(MetaPropertiesEnsemble.VerificationFlag.REQUIRE_AT_LEAST_ONE_VALID));
        assertThat(kafka.logDirProps()).hasSize(2);
        assertThat(kafka.logDirProps().get(dir.resolve("a").toString()).directoryId())
                .contains(outcome.directoryIds().get(dir.resolve("a")));

        assertThat(BootstrapCheckpoint.read(dir.resolve("b"))).contains(FEATURES);
        var verified = NodeStorage.verify(statics().logDirs(), 1, Optional.empty());
        assertThat(verified.clusterId()).isEqualTo(CLUSTER);
        assertThat(verified.directoryIds()).isEqualTo(outcome.directoryIds());
    }

    @Test
    void a_second_format_is_refused_or_ignored() {
        NodeStorage.format(statics());
        assertThatThrownBy(() -> NodeStorage.format(statics()))
                .isInstanceOf(StorageException.class)
                .hasMessage("Log directory " + dir.resolve("a") + " is already formatted. Use --ignore-formatted to"
                        + " ignore this directory and format the others.");
        assertThat(NodeStorage.format(options(CLUSTER, 1, new FormatOptions.StaticVoters(), true))
                        .messages())
                .contains("All of the log directories are already formatted.");
        assertThat(NodeStorage.formatIfEmpty(statics())).isEmpty();
    }

    @Test
    void directories_of_another_cluster_or_node_and_double_ids_are_refused_in_one_line() {
        NodeStorage.format(statics());
        Path file = dir.resolve("a/meta.properties");
        assertThatThrownBy(() -> NodeStorage.verify(statics().logDirs(), 1, Optional.of("other")))
                .hasMessage("Invalid cluster.id in: " + file + ". Expected other, but read " + CLUSTER);
        assertThatThrownBy(() -> NodeStorage.verify(statics().logDirs(), 2, Optional.empty()))
                .hasMessageStartingWith("Stored node id 1 doesn't match configured node id 2 in " + file);
        assertThatThrownBy(() -> NodeStorage.format(options("other", 1, new FormatOptions.StaticVoters(), true)))
                .hasMessage("Invalid cluster.id in: " + file + ". Expected other, but read " + CLUSTER);
        MetaProperties.read(dir.resolve("a")).orElseThrow().write(dir.resolve("b"));
        assertThatThrownBy(() -> NodeStorage.verify(statics().logDirs(), 1, Optional.empty()))
                .hasMessageStartingWith("Duplicate directory ID");
        assertThatThrownBy(() -> NodeStorage.verify(List.of(dir.resolve("x")), 1, Optional.empty()))
                .hasMessageContaining("No readable meta.properties")
                .hasMessageContaining("x");
    }

    @Test
    void a_new_disk_beside_formatted_ones_joins_them() {
        NodeStorage.format(statics());
        List<Path> three = List.of(dir.resolve("a"), dir.resolve("b"), dir.resolve("c"));
        var verified = NodeStorage.verify(three, 1, Optional.empty());
        assertThat(verified.directoryIds()).hasSize(3);
        assertThat(MetaProperties.read(dir.resolve("c")).orElseThrow().directoryId())
                .isEqualTo(verified.directoryIds().get(dir.resolve("c")));
    }

    @Test
    void info_lists_directories_and_problems_as_kafka_does() {
        assertThat(NodeStorage.info(statics().logDirs()).problems()).isTrue();
        var outcome = NodeStorage.format(statics());
        assertThat(NodeStorage.info(statics().logDirs()))
                .isEqualTo(new NodeStorage.Info(
                        List.of(
                                "Found log directories:",
                                "  " + dir.resolve("a"),
                                "  " + dir.resolve("b"),
                                "",
                                "Found metadata: {cluster.id=" + CLUSTER + ", directory.id="
                                        + outcome.directoryIds().get(dir.resolve("a")) + ", node.id=1, version=1}",
                                ""),
                        false));
    }

    @Test
    void a_standalone_controller_gets_itself_as_the_voter() {
        var outcome = NodeStorage.format(
                options(CLUSTER, 1, new FormatOptions.Standalone(new HostPort("localhost", 9093)), false));
        assertThat(outcome.messages())
                .contains("Formatting dynamic metadata voter directory " + dir.resolve("a")
                        + " with metadata.version 4.3-IV0.");
        Path partition = dir.resolve("a/__cluster_metadata-0");
        try (SnapshotFile file =
                SnapshotDirectory.open(partition).open(new OffsetAndEpoch(0, 0)).orElseThrow()) {
            assertThat(file.header().kraftVersion()).isEqualTo((short) 1);
            assertThat(file.header().voters().voter(1).orElseThrow().key().directoryId())
                    .isEqualTo(outcome.directoryIds().get(dir.resolve("a")));
        }
    }

    @Test
    void kafka_reads_our_quorum_state_and_we_read_kafkas() throws Exception {
        Path file = dir.resolve("quorum-state");
        QuorumStateFile ours = new QuorumStateFile(dir);
        FileQuorumStateStore kafkas = new FileQuorumStateStore(file.toFile());
        ReplicaKey voted = new ReplicaKey(2, Uuid.randomUuid());
        for (ElectionState state : List.of(
                new ElectionState(7, OptionalInt.of(3), null),
                new ElectionState(8, OptionalInt.empty(), voted),
                new ElectionState(9, OptionalInt.empty(), null))) {
            ours.write(state, (short) 1, Set.of());
            String text = Files.readString(file);
            var read = kafkas.readElectionState().orElseThrow();
            assertThat(read.epoch()).isEqualTo(state.epoch());
            kafkas.writeElectionState(read, KRaftVersion.KRAFT_VERSION_1);
            assertThat(Files.readString(file)).isEqualTo(text);
            assertThat(ours.read()).isEqualTo(state);
        }
        ElectionState leads = new ElectionState(4, OptionalInt.of(1), null);
        ours.write(leads, (short) 0, Set.of(1, 2));
        String text = Files.readString(file);
        kafkas.writeElectionState(kafkas.readElectionState().orElseThrow(), KRaftVersion.KRAFT_VERSION_0);
        assertThat(Files.readString(file)).startsWith(text.substring(0, text.indexOf("\"currentVoters\"")));
        assertThat(ours.read()).isEqualTo(leads);
    }
}
