package io.milena.raft.storage;

import io.milena.records.OffsetAndEpoch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The complete snapshots of a metadata log. Reading is thread-safe; changes come from the raft thread. */
public final class SnapshotDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotDirectory.class);

    private final Path directory;
    private final ConcurrentSkipListSet<OffsetAndEpoch> ids = new ConcurrentSkipListSet<>();

    private SnapshotDirectory(Path directory) {
        this.directory = directory;
    }

    /** Lists {@code directory}, and removes what was half written or half deleted when the node last stopped. */
    public static SnapshotDirectory open(Path directory) {
        SnapshotDirectory snapshots = new SnapshotDirectory(directory);
        try {
            Files.createDirectories(directory);
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Optional<SnapshotPath> parsed =
                            SnapshotPath.parse(file.getFileName().toString());
                    if (parsed.isEmpty()) {
                        continue;
                    }
                    if (parsed.get().kind() == SnapshotPath.Kind.COMPLETE) {
                        snapshots.ids.add(parsed.get().id());
                    } else {
                        LOG.info("Removing {} left over from the last run", file);
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list snapshots in " + directory, e);
        }
        return snapshots;
    }

    public Path path() {
        return directory;
    }

    public Optional<OffsetAndEpoch> latest() {
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids.last());
    }

    public Optional<OffsetAndEpoch> earliest() {
        return ids.isEmpty() ? Optional.empty() : Optional.of(ids.first());
    }

    public boolean contains(OffsetAndEpoch id) {
        return ids.contains(id);
    }

    public SnapshotFileWriter create(OffsetAndEpoch id) {
        return SnapshotFileWriter.create(directory, id);
    }

    /** A frozen file is there now. */
    public void added(OffsetAndEpoch id) {
        ids.add(id);
    }

    /** Empty if there is none of that id, or it was just deleted. */
    public Optional<SnapshotFile> open(OffsetAndEpoch id) {
        Path file = SnapshotPath.of(directory, id, SnapshotPath.Kind.COMPLETE);
        return ids.contains(id) && Files.exists(file) ? Optional.of(SnapshotFile.open(file)) : Optional.empty();
    }

    /** Bytes of one snapshot's file. */
    public long size(OffsetAndEpoch id) {
        try {
            return Files.size(SnapshotPath.of(directory, id, SnapshotPath.Kind.COMPLETE));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the size of snapshot " + id, e);
        }
    }

    /** All snapshots, oldest first. */
    public Iterable<OffsetAndEpoch> ids() {
        return ids;
    }

    /** Deletes every snapshot older than {@code id}; a reader that has one open keeps it. */
    public void deleteBefore(OffsetAndEpoch id) {
        for (OffsetAndEpoch older : ids.headSet(id, false)) {
            Path file = SnapshotPath.of(directory, older, SnapshotPath.Kind.COMPLETE);
            Path deleted = SnapshotPath.of(directory, older, SnapshotPath.Kind.DELETED);
            try {
                if (Files.exists(file)) {
                    Files.move(file, deleted);
                    Files.delete(deleted);
                }
                ids.remove(older);
                LOG.info("Deleted snapshot {} (a newer one is at {})", file.getFileName(), id.offset());
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot delete " + file, e);
            }
        }
    }
}
