package io.milena.raft.storage;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Voter;
import io.milena.raft.core.VoterSet;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/** One run of {@code kafka-storage.sh format}. */
final class Formatting {
    private static final OffsetAndEpoch BOOTSTRAP_SNAPSHOT = new OffsetAndEpoch(0, 0);
    private static final String METADATA_PARTITION = "__cluster_metadata-0";

    private final FormatOptions options;
    private final List<String> messages = new ArrayList<>();
    private final List<Path> formatted = new ArrayList<>();
    private final Map<Path, Uuid> directoryIds = new LinkedHashMap<>();
    private final Uuid standaloneDirectory = Uuid.randomUuid();

    Formatting(FormatOptions options) {
        this.options = options;
    }

    FormatOptions.Outcome run() {
        check();
        messages.add("Bootstrap metadata: " + describe(options.bootstrapRecords()));
        Map<Path, String> unreadable = new TreeMap<>();
        Map<Path, MetaProperties> existing =
                NodeStorage.check(options.logDirs(), options.nodeId(), Optional.of(options.clusterId()), unreadable);
        if (!unreadable.isEmpty()) {
            throw new StorageException(unreadable.values().iterator().next());
        }
        if (!existing.isEmpty() && !options.ignoreFormatted()) {
            throw new StorageException(
                    "Log directory " + new TreeSet<>(existing.keySet()).first() + " is already formatted. "
                            + "Use --ignore-formatted to ignore this directory and format the others.");
        }
        existing.forEach((dir, properties) -> {
            Uuid id = properties.directoryId();
            if (id != null) {
                directoryIds.put(dir, id);
            }
        });
        if (existing.size() == options.logDirs().size()) {
            messages.add("All of the log directories are already formatted.");
        }
        long nowMs = System.currentTimeMillis();
        for (Path dir : new TreeSet<>(options.logDirs())) {
            if (!existing.containsKey(dir)) {
                format(dir, nowMs);
            }
        }
        return new FormatOptions.Outcome(List.copyOf(messages), List.copyOf(formatted), Map.copyOf(directoryIds));
    }

    private void check() {
        if (options.nodeId() < 0) {
            throw new StorageException("node.id must be set to a number of 0 or more, is " + options.nodeId());
        }
        if (options.logDirs().isEmpty()) {
            throw new StorageException("You must specify at least one directory to format");
        }
        if (!options.logDirs().contains(options.metadataLogDir())) {
            throw new StorageException("The specified metadata log directory, " + options.metadataLogDir()
                    + " was not one of the given directories: " + options.logDirs());
        }
        boolean dynamic = voters().isPresent();
        if (dynamic && options.kraftVersion() == 0) {
            throw new StorageException(
                    "Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the"
                            + " flags --standalone, --initial-controllers, or --no-initial-controllers is used. For dynamic"
                            + " controllers support, try removing the --feature flag for kraft.version.");
        }
        if (options.quorum() instanceof FormatOptions.StaticVoters && options.kraftVersion() > 0) {
            throw new StorageException("Cannot set kraft.version to " + options.kraftVersion()
                    + " unless controller.quorum.voters is empty and one of the flags --standalone,"
                    + " --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try"
                    + " using one of --standalone, --initial-controllers, or --no-initial-controllers and removing"
                    + " controller.quorum.voters.");
        }
    }

    private void format(Path dir, long nowMs) {
        boolean metadata = dir.equals(options.metadataLogDir());
        Optional<VoterSet> voters = metadata ? voters() : Optional.empty();
        Optional<Voter> self = voters.flatMap(set -> set.voter(options.nodeId()));
        String kind = !metadata
                ? "data directory"
                : self.isPresent()
                        ? "dynamic metadata voter directory"
                        : voters.isPresent() ? "dynamic metadata directory" : "metadata directory";
        messages.add("Formatting " + kind + " " + dir + " with metadata.version " + options.releaseVersion() + ".");
        NodeStorage.createDirectory(dir);
        BootstrapCheckpoint.write(dir, options.bootstrapRecords(), nowMs);
        voters.ifPresent(set -> writeVoters(dir.resolve(METADATA_PARTITION), set, nowMs));
        Uuid id = self.map(voter -> voter.key().directoryId()).orElseGet(Uuid::randomUuid);
        // last: a directory counts as formatted only when everything else is there
        new MetaProperties(options.clusterId(), options.nodeId(), id).write(dir);
        directoryIds.put(dir, id);
        formatted.add(dir);
    }

    private void writeVoters(Path partition, VoterSet voters, long nowMs) {
        NodeStorage.createDirectory(partition);
        try (SnapshotFileWriter file = SnapshotFileWriter.create(partition, BOOTSTRAP_SNAPSHOT)) {
            file.writeHeader(nowMs, nowMs, options.kraftVersion(), voters);
            file.writeFooter(nowMs);
            file.freeze();
        }
    }

    private Optional<VoterSet> voters() {
        if (options.quorum() instanceof FormatOptions.Standalone standalone) {
            return Optional.of(
                    VoterSet.of(List.of(voter(options.nodeId(), standaloneDirectory, standalone.endpoint()))));
        }
        if (options.quorum() instanceof FormatOptions.InitialControllers initial) {
            return Optional.of(VoterSet.of(initial.controllers().stream()
                    .map(controller -> voter(controller.nodeId(), controller.directoryId(), controller.endpoint()))
                    .toList()));
        }
        return Optional.empty();
    }

    private Voter voter(int id, Uuid directory, HostPort endpoint) {
        return new Voter(new ReplicaKey(id, directory), Map.of(options.controllerListener(), endpoint));
    }

    /** In the words of Kafka's tool. */
    private static String describe(List<VersionedRecord> records) {
        String list = records.stream()
                .map(record -> "ApiMessageAndVersion(" + record.message() + " at version " + record.version() + ")")
                .collect(Collectors.joining(", ", "[", "]"));
        int level = records.stream()
                .filter(record -> record.message() instanceof FeatureLevelRecord feature
                        && feature.name().equals("metadata.version"))
                .mapToInt(record -> ((FeatureLevelRecord) record.message()).featureLevel())
                .findFirst()
                .orElse(0);
        return "BootstrapMetadata(records=" + list + ", metadataVersionLevel=" + level + ", source=format command)";
    }
}
