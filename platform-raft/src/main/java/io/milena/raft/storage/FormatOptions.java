package io.milena.raft.storage;

import io.milena.raft.core.HostPort;
import io.milena.records.VersionedRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What {@link NodeStorage#format} is to do.
 *
 * @param clusterId id of the cluster ({@code -t})
 * @param nodeId {@code node.id}
 * @param logDirs {@code log.dirs} and the metadata log directory, without duplicates
 * @param metadataLogDir the one of {@code logDirs} that holds the metadata log
 * @param controllerListener first of {@code controller.listener.names}
 * @param quorum how the set of voters comes to be
 * @param kraftVersion level of {@code kraft.version}: 0 for static voters, 1 for standalone and initial controllers
 * @param releaseVersion text for "with metadata.version …", e.g. {@code 4.3-IV0}
 * @param bootstrapRecords content of {@code bootstrap.checkpoint}: metadata.version first, then the other features' levels and
 *     SCRAM credentials; without {@code kraft.version}, which is Raft's own
 * @param ignoreFormatted {@code --ignore-formatted}: leave directories alone that are formatted already
 */
public record FormatOptions(
        String clusterId,
        int nodeId,
        List<Path> logDirs,
        Path metadataLogDir,
        String controllerListener,
        Quorum quorum,
        short kraftVersion,
        String releaseVersion,
        List<VersionedRecord> bootstrapRecords,
        boolean ignoreFormatted) {

    public FormatOptions {
        logDirs = List.copyOf(logDirs);
        bootstrapRecords = List.copyOf(bootstrapRecords);
    }

    /** Where the first voters come from. */
    public sealed interface Quorum {}

    /** {@code controller.quorum.voters} names them; nothing is written. */
    public record StaticVoters() implements Quorum {}

    /** {@code --standalone}: this node alone, reached at {@code endpoint}. */
    public record Standalone(HostPort endpoint) implements Quorum {}

    /** {@code --initial-controllers}: these, this node among them. */
    public record InitialControllers(List<InitialController> controllers) implements Quorum {}

    /** {@code --no-initial-controllers}, and brokers: the voters are learned from others. */
    public record NoInitialControllers() implements Quorum {}

    /**
     * One entry {@code id@host:port:directoryId} of {@code --initial-controllers}.
     *
     * @param nodeId its node id
     * @param endpoint its controller listener
     * @param directoryId id of its metadata log directory
     */
    public record InitialController(int nodeId, HostPort endpoint, Uuid directoryId) {
        /** Parses the form above; null or malformed text is refused with the form in the message. */
        public static InitialController parse(@Nullable String text) {
            String form = "Initial controller '" + text + "' must be of the form id@host:port:directoryId";
            int at = text == null ? -1 : text.indexOf('@');
            int lastColon = text == null ? -1 : text.lastIndexOf(':');
            if (text == null || at <= 0 || lastColon <= at) {
                throw new IllegalArgumentException(form);
            }
            try {
                return new InitialController(
                        Integer.parseInt(text.substring(0, at)),
                        HostPort.parse(text.substring(at + 1, lastColon)),
                        Uuid.fromString(text.substring(lastColon + 1)));
            } catch (IllegalArgumentException malformed) {
                throw new IllegalArgumentException(form, malformed);
            }
        }
    }

    /** The outcome of a format.
     *
     * @param messages what Kafka's tool prints, one line each
     * @param formatted directories written now
     * @param directoryIds directory id per log directory
     */
    public record Outcome(List<String> messages, List<Path> formatted, Map<Path, Uuid> directoryIds) {}
}
