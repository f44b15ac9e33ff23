package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one directory back whose failure has passed: a full volume that has room again, a read-only one that can be written
 * again (docs/adr/0041).
 *
 * <pre>
 *   online ──failure──▶ offline ──room, and writable──▶ reloading ──all logs whole and synced──▶ online
 *                          ▲                                 │
 *                          └────────────── not yet ──────────┘
 * </pre>
 *
 * The logs are read as after a crash, from their recovery point on, and synced; only when all of them are whole the
 * directory is online. A log that ends before what this process had appended to it has lost records: then the disk is
 * broken, and only a restart brings the directory back. The process holds the lock file open all the time, so that the file
 * system cannot have been unmounted meanwhile: what was written before the failure is still there to be read.
 *
 * <p>One thread calls; may take as long as a recovery does.
 */
final class DirectoryReturn {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryReturn.class);
    private static final long FIRST_WAIT_MS = 1_000;
    private static final long LONGEST_WAIT_MS = 60_000;
    /** A directory that fails within this time after it came back waits twice as long as the last time. */
    private static final long STEADY_MS = 60_000;
    /** Room that a volume must have: this part of it, or so many bytes. */
    private static final int ROOM_PART = 50;

    private static final long ROOM_BYTES = 256L << 20;
    private static final int PROBE_BYTES = 64 * 1024;
    private static final String PROBE = ".return-probe";

    private final HostedDirectory directory;
    private final HostedLogs logs;
    private final LogFactory factory;
    private final int threads;
    private long waitMs = FIRST_WAIT_MS;
    /** When to look next; -1 while the directory is online. */
    private long dueMs = -1;

    private long returnedMs = Long.MIN_VALUE / 2;

    DirectoryReturn(HostedDirectory directory, HostedLogs logs, LogFactory factory, int threads) {
        this.directory = directory;
        this.logs = logs;
        this.factory = factory;
        this.threads = threads;
    }

    /** A log that takes the place of one over the same files; {@code before} is null for one that was not known yet. */
    private record Renewal(@Nullable HostedLog before, PartitionLog log, long leastEnd) {}

    /** Looks whether the directory can come back, and brings it back; true if it did. */
    boolean attempt(long nowMs) {
        DirectoryFailure failure = directory.failure();
        if (failure == null || !failure.isPassing()) {
            dueMs = -1;
            return false;
        }
        if (dueMs < 0) {
            waitMs = nowMs - returnedMs < STEADY_MS ? Math.min(waitMs * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
            dueMs = nowMs + waitMs;
        }
        if (nowMs < dueMs) {
            return false;
        }
        dueMs = nowMs + FIRST_WAIT_MS;
        try {
            if (!isUsable() || !reload()) {
                return false;
            }
        } catch (IOException | KafkaStorageException e) {
            waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
            dueMs = nowMs + waitMs;
            LOG.warn("Log directory {} cannot come back yet, next try in {} ms: {}", directory.path(), waitMs, e + "");
            return false;
        }
        dueMs = -1;
        returnedMs = nowMs;
        LOG.info(
                "Log directory {} is online again with {} logs",
                directory.path(),
                logs.in(directory).size());
        return true;
    }

    private boolean isUsable() throws IOException {
        FileStore volume = Files.getFileStore(directory.path());
        long enough = Math.min(volume.getTotalSpace() / ROOM_PART, ROOM_BYTES);
        if (volume.isReadOnly() || volume.getUsableSpace() < enough) {
            return false;
        }
        Path probe = directory.path().resolve(PROBE);
        try {
            PlainFile.write(probe, 0, ByteBuffer.allocate(PROBE_BYTES), true);
        } finally {
            Files.deleteIfExists(probe);
        }
        return true;
    }

    private boolean reload() throws IOException {
        if (!directory.isEntered()) {
            directory.enter();
        }
        HostedDirectory.Contents contents = directory.open(factory.environment());
        Map<TopicPartition, Renewal> renewals = new HashMap<>();
        for (HostedLog before : logs.all()) {
            TopicPartition partition = before.log().partition();
            if (before.directory() == directory) {
                boolean found = contents.logs().remove(partition) != null;
                renewals.put(partition, renew(before, found));
            }
        }
        contents.logs().forEach((partition, start) -> {
            if (logs.get(partition) == null) {
                renewals.put(
                        partition, new Renewal(null, factory.found(partition, directory.pathOf(partition), start), 0));
            } else {
                setAside(partition);
            }
        });
        boolean whole = false;
        try {
            whole = load(renewals.values().stream().map(Renewal::log).toList()) && !isShort(renewals);
        } finally {
            if (!whole) {
                renewals.values().forEach(each -> each.log.slot().supersede());
            }
        }
        if (whole) {
            renewFutures(contents);
            takeOver(renewals);
        }
        return whole;
    }

    private Renewal renew(HostedLog before, boolean found) throws IOException {
        LogSlot slot = before.log().slot();
        TopicPartition partition = before.log().partition();
        LogStart start = slot.supersede();
        if (found) {
            return new Renewal(before, factory.found(partition, directory.pathOf(partition), start), slot.knownEnd());
        }
        Uuid topicId = before.log().topicId();
        if (slot.directory().isMade() || topicId == null) {
            throw new IOException("The directory of " + partition + " has gone from " + directory.path());
        }
        PartitionLog fresh = factory.created(partition, directory.pathOf(partition), topicId);
        return new Renewal(before, fresh, 0);
    }

    /** Reads what a crash might have left, and makes it durable. Logs that nobody has touched stay so. */
    private boolean load(List<PartitionLog> renewed) {
        List<PartitionLog> touched = new ArrayList<>();
        for (PartitionLog log : renewed) {
            if (!log.slot().checkpoint().cleanShutdown()) {
                touched.add(log);
            }
        }
        ParallelLoad.run(touched, threads, PartitionLog::flush);
        return renewed.stream().noneMatch(PartitionLog::isOffline);
    }

    private boolean isShort(Map<TopicPartition, Renewal> renewals) {
        for (Renewal each : renewals.values()) {
            if (each.log.slot().logIfLoaded() != null && each.log.logEndOffset() < each.leastEnd) {
                DirectoryFailure lost = DirectoryFailure.broken(
                        directory.path(),
                        "Log " + each.log.partition() + " ends at " + each.log.logEndOffset() + " but had ended at "
                                + each.leastEnd + ": records were lost");
                directory.worsen(lost);
                LOG.error("{}", lost.forOperator(renewals.size()));
                return true;
            }
        }
        return false;
    }

    /** The partition has been placed in another directory meanwhile: that log counts. */
    private void setAside(TopicPartition partition) {
        Path path = directory.pathOf(partition);
        try {
            Path target = path.resolveSibling(LogNames.markedName(partition, LogNames.STRAY_DIR));
            Files.move(path, target);
            LOG.warn("{} is in use in another directory: {} is set aside as {}", partition, path, target);
        } catch (IOException e) {
            LOG.warn("Cannot set {} aside, which is in use in another directory", path, e);
        }
    }

    private void renewFutures(HostedDirectory.Contents contents) {
        for (PartitionLog future : logs.futuresIn(directory)) {
            future.slot().supersede();
            logs.removeFuture(future.partition());
        }
        contents.futures().forEach((partition, future) -> {
            if (logs.future(partition) == null) {
                PartitionLog log = factory.found(
                        partition,
                        directory.path().resolve(future.name()),
                        new LogStart(0, future.start().logStartOffset(), 0, LogStart.Files.CRASHED));
                logs.putFuture(partition, new HostedLog(log, directory));
            }
        });
    }

    private void takeOver(Map<TopicPartition, Renewal> renewals) {
        renewals.forEach((partition, each) -> {
            if (!logs.replace(partition, each.before, new HostedLog(each.log, directory))) {
                // Deleted, or placed elsewhere, while it was read.
                each.log.slot().supersede();
            }
        });
        directory.takeOnline();
        for (Renewal each : renewals.values()) {
            if (each.log.slot().state() instanceof LogState.Offline) {
                factory.environment()
                        .failures()
                        .onStorageFailure(
                                directory.path(),
                                "Log " + each.log.partition() + " failed again at once",
                                new IOException("see the error before this one"));
            }
        }
    }
}
