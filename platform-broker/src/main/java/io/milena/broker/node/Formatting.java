package io.milena.broker.node;

import io.milena.metadata.BootstrapRecords;
import io.milena.metadata.Features;
import io.milena.metadata.MetadataVersion;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.ProcessRole;
import io.milena.raft.core.HostPort;
import io.milena.raft.storage.FormatOptions;
import io.milena.raft.storage.NodeStorage;
import io.milena.raft.storage.StorageException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Formatting a node's directories as its configuration and the command line ask for: what {@code kafka-storage.sh format} decides before
 * it writes. Blocking.
 */
public final class Formatting {
    private Formatting() {}

    /**
     * @param clusterId the cluster's id
     * @param releaseVersion metadata.version by name, such as {@code 4.3-IV0}; blank for the newest that is fit for production
     * @param features levels of features by name, where they are not the version's defaults
     * @param quorum how the first voters come to be; with {@code controller.quorum.voters} set only {@link FormatOptions.StaticVoters}
     * @param ignoreFormatted leave directories alone that are formatted already
     */
    public record Request(
            String clusterId,
            String releaseVersion,
            Map<String, Short> features,
            FormatOptions.Quorum quorum,
            boolean ignoreFormatted) {}

    /**
     * Formats the directories of {@code config}.
     *
     * @throws StorageException if a directory is formatted already or belongs elsewhere
     * @throws IllegalArgumentException if release version or features are not known, or do not go together
     */
    public static FormatOptions.Outcome format(NodeConfig config, Request request) {
        MetadataVersion version = request.releaseVersion().isBlank()
                ? MetadataVersion.LATEST_PRODUCTION
                : MetadataVersion.ofVersion(request.releaseVersion());
        boolean dynamic = !(request.quorum() instanceof FormatOptions.StaticVoters);
        Map<String, Short> features = new HashMap<>(request.features());
        Short askedKraft = features.get(Features.KRAFT_VERSION.featureName());
        short kraftVersion = askedKraft != null ? askedKraft : (short) (dynamic ? 1 : 0);
        return NodeStorage.format(new FormatOptions(
                request.clusterId(),
                config.nodeId(),
                directories(config),
                config.metadataLogDir(),
                config.controllerListenerNames().get(0),
                request.quorum(),
                kraftVersion,
                version.version(),
                BootstrapRecords.of(version, features),
                request.ignoreFormatted()));
    }

    /** Formats an empty node as the only voter, for the demo, tests and embedded use; does nothing if it is formatted already. */
    public static void formatIfEmpty(NodeConfig config) {
        if (NodeStorage.isUnformatted(directories(config))) {
            format(config, new Request(NodeStorage.randomUuid().toString(), "", Map.of(), quorum(config, true), false));
        }
    }

    /** The quorum that fits the configuration when nobody said more. */
    public static FormatOptions.Quorum quorum(NodeConfig config, boolean standalone) {
        if (!config.quorumVoters().isEmpty()) {
            return new FormatOptions.StaticVoters();
        }
        if (standalone && config.roles().contains(ProcessRole.CONTROLLER)) {
            return new FormatOptions.Standalone(controllerEndpoint(config));
        }
        return new FormatOptions.NoInitialControllers();
    }

    /** {@code log.dirs} and {@code metadata.log.dir}, each once. */
    public static List<Path> directories(NodeConfig config) {
        Set<Path> all = new LinkedHashSet<>(config.logDirs());
        all.add(config.metadataLogDir());
        return List.copyOf(all);
    }

    private static HostPort controllerEndpoint(NodeConfig config) {
        String name = config.controllerListenerNames().get(0);
        return config.advertisedListeners().stream()
                .filter(endpoint -> endpoint.listener().equals(name))
                .map(endpoint -> new HostPort(endpoint.host(), endpoint.port()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("listeners: a controller needs the listener " + name
                        + ", which controller.listener.names has"));
    }
}
