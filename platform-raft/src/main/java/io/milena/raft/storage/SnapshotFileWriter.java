package io.milena.raft.storage;

import io.milena.raft.core.VoterSet;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.kafka.common.message.SnapshotFooterRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Writes one checkpoint file: bytes go to a partial file, which {@link #freeze()} makes durable and renames. Offsets inside
 * count from 0. One thread at a time.
 */
public final class SnapshotFileWriter implements AutoCloseable {
    private static final int BATCH_RECORDS = 1_000;
    /**
     * Written bytes go to the disk in portions: one sync of a large file at the end would make the metadata log's own syncs wait
     * for it, on ext4 for seconds, and a leader that cannot sync loses its followers.
     */
    private static final int SYNC_BYTES = 4 * 1024 * 1024;

    private final Path partial;
    private final Path complete;
    private final int epoch;
    private final FileChannel channel;
    private long nextOffset;
    private long size;
    private long syncedSize;
    private boolean frozen;

    private SnapshotFileWriter(Path partial, Path complete, int epoch) throws IOException {
        this.partial = partial;
        this.complete = complete;
        this.epoch = epoch;
        this.channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    /** A snapshot in {@code directory}; a partial file of the same id is overwritten. */
    public static SnapshotFileWriter create(Path directory, OffsetAndEpoch id) {
        return open(
                SnapshotPath.of(directory, id, SnapshotPath.Kind.PARTIAL),
                SnapshotPath.of(directory, id, SnapshotPath.Kind.COMPLETE),
                id.epoch());
    }

    /** A file in snapshot format under another name, such as {@code bootstrap.checkpoint}. */
    public static SnapshotFileWriter create(Path file) {
        return open(file.resolveSibling(file.getFileName() + ".part"), file, 0);
    }

    private static SnapshotFileWriter open(Path partial, Path complete, int epoch) {
        try {
            return new SnapshotFileWriter(partial, complete, epoch);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot create " + partial, e);
        }
    }

    /** @param voters written with {@code kraftVersion} if that is 1 or higher */
    public void writeHeader(long lastContainedLogTimeMs, long nowMs, short kraftVersion, @Nullable VoterSet voters) {
        write(RecordBatches.control(nextOffset, epoch, nowMs, builder -> {
            builder.appendSnapshotHeaderMessage(
                    nowMs,
                    new SnapshotHeaderRecord()
                            .setVersion(ControlRecordUtils.SNAPSHOT_HEADER_CURRENT_VERSION)
                            .setLastContainedLogTimestamp(lastContainedLogTimeMs));
            if (kraftVersion >= 1 && voters != null) {
                builder.appendKRaftVersionMessage(nowMs, ControlRecords.kraftVersion(kraftVersion));
                builder.appendVotersMessage(nowMs, ControlRecords.voters(voters));
            }
        }));
    }

    public void append(List<VersionedRecord> records, long nowMs) {
        for (int from = 0; from < records.size(); from += BATCH_RECORDS) {
            List<VersionedRecord> some = records.subList(from, Math.min(records.size(), from + BATCH_RECORDS));
            write(RecordBatches.data(nextOffset, epoch, nowMs, some));
        }
    }

    public void writeFooter(long nowMs) {
        write(RecordBatches.control(
                nextOffset,
                epoch,
                nowMs,
                builder -> builder.appendSnapshotFooterMessage(
                        nowMs,
                        new SnapshotFooterRecord().setVersion(ControlRecordUtils.SNAPSHOT_FOOTER_CURRENT_VERSION))));
    }

    private void write(MemoryRecords records) {
        records.batches().forEach(batch -> nextOffset = batch.lastOffset() + 1);
        write(size(), records.buffer().duplicate());
    }

    /** Raw bytes of a snapshot that another node wrote. */
    public void write(long position, ByteBuffer bytes) {
        try {
            long at = position;
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
            size = Math.max(size, at);
            if (size - syncedSize >= SYNC_BYTES) {
                channel.force(false);
                syncedSize = size;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + partial, e);
        }
    }

    public long size() {
        return size;
    }

    /** Reads back what was written.
     *
     * @throws RuntimeException if it is no snapshot
     */
    public void verify() {
        try (SnapshotFile file = SnapshotFile.open(partial)) {
            file.verify();
        }
    }

    /** Makes the file durable, read-only and visible under its name. */
    public void freeze() {
        try {
            channel.force(true);
            channel.close();
            AtomicFiles.moveDurably(partial, complete);
            frozen = true;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot complete " + complete, e);
        }
    }

    /** Drops what was not frozen. */
    @Override
    public void close() {
        if (frozen) {
            return;
        }
        try {
            channel.close();
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot delete " + partial, e);
        }
    }
}
