package io.milena.raft;

import io.milena.raft.storage.SnapshotFileWriter;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import java.util.List;

/** The {@link SnapshotWriter} handed out: a file and what to do when it is complete. */
final class SnapshotSession implements SnapshotWriter {
    private final OffsetAndEpoch id;
    private final SnapshotFileWriter file;
    private final RaftClock clock;
    private final Runnable onFrozen;

    SnapshotSession(OffsetAndEpoch id, SnapshotFileWriter file, RaftClock clock, Runnable onFrozen) {
        this.id = id;
        this.file = file;
        this.clock = clock;
        this.onFrozen = onFrozen;
    }

    @Override
    public OffsetAndEpoch id() {
        return id;
    }

    @Override
    public void append(List<VersionedRecord> records) {
        file.append(records, clock.wallMs());
    }

    @Override
    public void freeze() {
        file.writeFooter(clock.wallMs());
        file.freeze();
        onFrozen.run();
    }

    @Override
    public void close() {
        file.close();
    }
}
