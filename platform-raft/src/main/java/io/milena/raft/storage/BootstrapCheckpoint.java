package io.milena.raft.storage;

import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * {@code bootstrap.checkpoint}: the records a new cluster begins with (feature levels, SCRAM credentials), in snapshot format in
 * each log directory. The first active controller appends them to the empty metadata log. Blocking; stateless.
 */
public final class BootstrapCheckpoint {
    public static final String FILE_NAME = "bootstrap.checkpoint";

    private BootstrapCheckpoint() {}

    /** The records in {@code logDir}; empty if the file is missing. */
    public static Optional<List<VersionedRecord>> read(Path logDir) {
        Path file = logDir.resolve(FILE_NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<VersionedRecord> records = new ArrayList<>();
        try (SnapshotFile snapshot = SnapshotFile.open(file)) {
            for (Iterator<CommittedBatch> batches = snapshot.dataBatches(); batches.hasNext(); ) {
                records.addAll(batches.next().records());
            }
        }
        return Optional.of(List.copyOf(records));
    }

    static void write(Path logDir, List<VersionedRecord> records, long nowMs) {
        try (SnapshotFileWriter file = SnapshotFileWriter.create(logDir.resolve(FILE_NAME))) {
            file.writeHeader(0, nowMs, (short) 0, null);
            file.append(records, nowMs);
            file.writeFooter(nowMs);
            file.freeze();
        }
    }
}
