package io.milena.raft.storage;

import io.milena.raft.core.VoterSet;
import io.milena.records.CommittedBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.SnapshotHeaderRecord;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.ControlRecordUtils;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/** A complete checkpoint file, opened for reading. One thread at a time. */
public final class SnapshotFile implements AutoCloseable {
    private static final int LENGTH_END = 12;

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private SnapshotFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    public static SnapshotFile open(Path path) {
        try {
            return new SnapshotFile(path, FileChannel.open(path, StandardOpenOption.READ));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open " + path, e);
        }
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /** Up to {@code maxBytes} from {@code position}, flipped. */
    public ByteBuffer read(long position, int maxBytes) {
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(maxBytes, size - position));
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + buffer.position()) < 0) {
                    throw new StorageException("Snapshot " + path + " ends before byte " + (position + buffer.limit()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + path, e);
        }
        return buffer.flip();
    }

    /**
     * What stands before the data.
     *
     * @param voters null if the snapshot says nothing about them
     */
    public record Header(
            long lastContainedLogTimeMs,
            short kraftVersion,
            @Nullable VoterSet voters) {}

    public Header header() {
        long logTimeMs = -1;
        short kraftVersion = 0;
        VoterSet voters = null;
        Batches batches = new Batches();
        while (batches.hasNext()) {
            RecordBatch batch = batches.next();
            if (!batch.isControlBatch()) {
                break;
            }
            for (Record record : batch) {
                ControlRecordType type = ControlRecordType.parse(record.key());
                if (type == ControlRecordType.SNAPSHOT_HEADER) {
                    SnapshotHeaderRecord header = ControlRecordUtils.deserializeSnapshotHeaderRecord(record);
                    logTimeMs = header.lastContainedLogTimestamp();
                } else if (type == ControlRecordType.KRAFT_VERSION) {
                    KRaftVersionRecord version = ControlRecordUtils.deserializeKRaftVersionRecord(record);
                    kraftVersion = version.kRaftVersion();
                } else if (type == ControlRecordType.KRAFT_VOTERS) {
                    voters = ControlRecords.voters(ControlRecordUtils.deserializeVotersRecord(record));
                }
            }
        }
        return new Header(logTimeMs, kraftVersion, voters);
    }

    /**
     * Reads everything once.
     *
     * @throws RuntimeException if a batch is damaged, or the header or voters make no sense
     */
    public void verify() {
        header();
        Batches batches = new Batches();
        while (batches.hasNext()) {
            batches.next();
        }
    }

    /** As {@link #dataBatches()}; the file is closed when the last one has been taken, so that it may be read later, elsewhere. */
    public Iterator<CommittedBatch> dataBatchesThenClose() {
        Iterator<CommittedBatch> batches = dataBatches();
        return new Iterator<>() {
            private boolean closed;

            @Override
            public boolean hasNext() {
                if (!closed && !batches.hasNext()) {
                    closed = true;
                    close();
                }
                return !closed;
            }

            @Override
            public CommittedBatch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return batches.next();
            }
        };
    }

    /** The data batches, each checked against its CRC; lazily read. */
    public Iterator<CommittedBatch> dataBatches() {
        Batches batches = new Batches();
        Deque<CommittedBatch> ahead = new ArrayDeque<>();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                while (ahead.isEmpty() && batches.hasNext()) {
                    RecordBatch batch = batches.next();
                    if (!batch.isControlBatch()) {
                        ahead.add(RecordBatches.committed(batch));
                    }
                }
                return !ahead.isEmpty();
            }

            @Override
            public CommittedBatch next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return ahead.remove();
            }
        };
    }

    /** Walks the file batch by batch. */
    private final class Batches implements Iterator<RecordBatch> {
        private long position;

        @Override
        public boolean hasNext() {
            return position < size;
        }

        @Override
        public RecordBatch next() {
            if (size - position < LENGTH_END) {
                throw new StorageException("Snapshot " + path + " ends in the middle of a batch at " + position);
            }
            int length = read(position, LENGTH_END).getInt(LENGTH_END - 4);
            if (length <= 0 || length > size - position - LENGTH_END) {
                throw new StorageException(
                        "Snapshot " + path + " has a bad batch length " + length + " at " + position);
            }
            MutableRecordBatch batch = MemoryRecords.readableRecords(read(position, LENGTH_END + length))
                    .batchIterator()
                    .next();
            batch.ensureValid();
            position += LENGTH_END + length;
            return batch;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot close " + path, e);
        }
    }
}
