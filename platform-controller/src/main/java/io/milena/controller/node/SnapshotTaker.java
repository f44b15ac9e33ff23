package io.milena.controller.node;

import io.milena.metadata.LoadManifest;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataPublisher;
import io.milena.raft.RaftNode;
import io.milena.raft.SnapshotWriter;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a snapshot of the image when enough of the log has come since the last one, or enough time has passed (KIP-630), on a thread
 * that lives only while there is one to write.
 */
final class SnapshotTaker implements MetadataPublisher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTaker.class);
    private static final int RECORDS_PER_BATCH = 1_000;

    private final RaftNode raft;
    private final long maxBytes;
    private final long maxIntervalMs;
    private final ExecutorService writer;
    private final AtomicBoolean writing = new AtomicBoolean();
    private long bytesSince;
    private long lastSnapshotNs = System.nanoTime();

    /**
     * @param maxBytes {@code metadata.log.max.record.bytes.between.snapshots}
     * @param maxIntervalMs {@code metadata.log.max.snapshot.interval.ms}; 0 = by bytes alone
     */
    SnapshotTaker(RaftNode raft, long maxBytes, long maxIntervalMs) {
        this.raft = raft;
        this.maxBytes = maxBytes;
        this.maxIntervalMs = maxIntervalMs;
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "metadata-snapshot");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        this.writer = executor;
    }

    @Override
    public void publish(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        bytesSince += manifest.bytes();
        long sinceMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastSnapshotNs);
        boolean due = bytesSince >= maxBytes || (maxIntervalMs > 0 && sinceMs >= maxIntervalMs && bytesSince > 0);
        if (!due || image.provenance().offset() < 0 || !writing.compareAndSet(false, true)) {
            return;
        }
        bytesSince = 0;
        lastSnapshotNs = System.nanoTime();
        try {
            writer.execute(() -> write(image));
        } catch (RejectedExecutionException closing) {
            writing.set(false);
        }
    }

    private void write(MetadataImage image) {
        OffsetAndEpoch end = new OffsetAndEpoch(
                image.provenance().offset() + 1, image.provenance().epoch());
        try {
            Optional<SnapshotWriter> snapshot =
                    raft.createSnapshot(end, image.provenance().timestampMs());
            if (snapshot.isPresent()) {
                write(image, snapshot.get());
                LOG.info("Wrote metadata snapshot {}", end);
            }
        } catch (RuntimeException failed) {
            LOG.error("Could not write metadata snapshot {}; the log is kept instead", end, failed);
        } finally {
            writing.set(false);
        }
    }

    private static void write(MetadataImage image, SnapshotWriter snapshot) {
        try (snapshot) {
            List<VersionedRecord> batch = new ArrayList<>(RECORDS_PER_BATCH);
            image.write(record -> {
                batch.add(record);
                if (batch.size() == RECORDS_PER_BATCH) {
                    snapshot.append(List.copyOf(batch));
                    batch.clear();
                }
            });
            if (!batch.isEmpty()) {
                snapshot.append(batch);
            }
            snapshot.freeze();
        }
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            writer.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
