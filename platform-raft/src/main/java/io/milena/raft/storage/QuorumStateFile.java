package io.milena.raft.storage;

import io.milena.raft.core.ElectionState;
import io.milena.raft.core.ReplicaKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * {@code quorum-state}: the election state as one line of JSON, data version 0 with {@code kraft.version} 0 and version 1 with
 * 1, field by field as Kafka writes it. Blocking; each write is durable when it returns.
 */
public final class QuorumStateFile {
    public static final String FILE_NAME = "quorum-state";
    private static final Uuid NO_DIRECTORY = Uuid.ZERO_UUID;

    private final Path file;

    /** @param metadataPartitionDir the directory {@code __cluster_metadata-0} */
    public QuorumStateFile(Path metadataPartitionDir) {
        this.file = metadataPartitionDir.resolve(FILE_NAME);
    }

    /**
     * What was written last; {@link ElectionState#INITIAL} if there is no file. It is durable when this returns: a process that died
     * between writing and syncing must not let its successor repeat a vote that a power cut could still take back.
     *
     * @throws StorageException if the file is there but not understood: voting twice must not come of it
     */
    public ElectionState read() {
        if (!Files.exists(file)) {
            return ElectionState.INITIAL;
        }
        String json;
        try {
            AtomicFiles.sync(file);
            json = Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        int version = number(json, "data_version");
        if (version != 0 && version != 1) {
            throw new StorageException("Unknown data_version " + version + " in " + file + ": 0 and 1 are known");
        }
        int epoch = number(json, "leaderEpoch");
        if (epoch > ElectionState.HIGHEST_EPOCH) {
            throw new StorageException(
                    "Epoch " + epoch + " in " + file + " leaves none for the elections to come (at most "
                            + ElectionState.HIGHEST_EPOCH
                            + "): somebody made it up and an older release believed it. Stop all controllers,"
                            + " move this file away on each of them, and start them again: they go on in the last epoch of their logs");
        }
        int leader = number(json, "leaderId");
        int voted = number(json, "votedId");
        String directory = version == 1 ? text(json, "votedDirectoryId") : null;
        ReplicaKey vote =
                voted < 0 ? null : new ReplicaKey(voted, directory == null ? NO_DIRECTORY : Uuid.fromString(directory));
        return new ElectionState(epoch, leader < 0 ? OptionalInt.empty() : OptionalInt.of(leader), vote);
    }

    /** @param voterIds listed in data version 0 only */
    public void write(ElectionState state, short kraftVersion, Set<Integer> voterIds) {
        String common = "\"leaderId\":" + state.leader().orElse(-1) + ",\"leaderEpoch\":" + state.epoch()
                + ",\"votedId\":" + state.vote().map(ReplicaKey::id).orElse(-1);
        if (kraftVersion >= 1) {
            Uuid directory = state.vote().map(ReplicaKey::directoryId).orElse(NO_DIRECTORY);
            AtomicFiles.write(file, "{" + common + ",\"votedDirectoryId\":\"" + directory + "\",\"data_version\":1}");
        } else {
            String voters = voterIds.stream()
                    .sorted()
                    .map(id -> "{\"voterId\":" + id + "}")
                    .collect(Collectors.joining(",", "[", "]"));
            AtomicFiles.write(
                    file,
                    "{\"clusterId\":\"\"," + common + ",\"appliedOffset\":0,\"currentVoters\":" + voters
                            + ",\"data_version\":0}");
        }
    }

    private int number(String json, String key) {
        String value = find(json, key, "(-?\\d+)");
        if (value == null) {
            throw new StorageException("No number " + key + " in " + file + ": '" + json.strip() + "'");
        }
        return Integer.parseInt(value);
    }

    private @Nullable String text(String json, String key) {
        return find(json, key, "\"([^\"]*)\"");
    }

    private static @Nullable String find(String json, String key, String value) {
        Matcher matcher = Pattern.compile("\"" + key + "\"\\s*:\\s*" + value).matcher(json);
        return matcher.find() ? matcher.group(1) : null;
    }
}
