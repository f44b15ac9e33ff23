package io.milena.raft;

import io.milena.log.AppendOrigin;
import io.milena.log.LogConfig;
import io.milena.log.LogEnvironment;
import io.milena.log.LogRead;
import io.milena.log.LogStart;
import io.milena.log.PartitionLog;
import io.milena.log.UnexpectedOffsetException;
import io.milena.raft.core.VoterSet;
import io.milena.raft.storage.CleanClose;
import io.milena.raft.storage.FailedSync;
import io.milena.raft.storage.SnapshotDirectory;
import io.milena.raft.storage.SnapshotFile;
import io.milena.records.OffsetAndEpoch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The metadata log on disk: a {@link PartitionLog} in {@code __cluster_metadata-0} and the snapshots beside it. */
final class PartitionRaftLog implements RaftLog {
    static final TopicPartition PARTITION = new TopicPartition("__cluster_metadata", 0);
    private static final Logger LOG = LoggerFactory.getLogger(PartitionRaftLog.class);
    private static final int SCAN_BYTES = 4 * 1024 * 1024;

    private final RaftNodeConfig config;
    private final PartitionLog log;
    private final SnapshotDirectory snapshots;
    private final VoterHistory history;
    private long durableEndOffset;

    private PartitionRaftLog(
            RaftNodeConfig config, PartitionLog log, SnapshotDirectory snapshots, VoterHistory history) {
        this.config = config;
        this.log = log;
        this.snapshots = snapshots;
        this.history = history;
    }

    static PartitionRaftLog open(RaftNodeConfig config, VoterSet configured, RaftClock clock) {
        Path directory = config.metadataLogDir().resolve(PARTITION.toString());
        SnapshotDirectory snapshots = SnapshotDirectory.open(directory);
        FailedSync.mend(directory);
        CleanClose.check(directory);
        LogConfig logConfig = logConfig(config);
        PartitionLog log = PartitionLog.open(
                directory,
                PARTITION,
                Uuid.METADATA_TOPIC_ID,
                () -> logConfig,
                LogEnvironment.standalone(() -> Instant.ofEpochMilli(clock.wallMs())),
                LogStart.NEVER_COMPACTED);
        PartitionRaftLog raftLog = new PartitionRaftLog(config, log, snapshots, new VoterHistory(configured));
        raftLog.recover();
        return raftLog;
    }

    private static LogConfig logConfig(RaftNodeConfig config) {
        return LogConfig.defaults()
                .with("segment.bytes", Integer.toString(config.segmentBytes()))
                .with("segment.ms", Long.toString(config.segmentMs()))
                .with("max.message.bytes", Integer.toString(config.maxBatchBytes() + 1024))
                .with("retention.ms", "-1")
                .with("retention.bytes", "-1")
                .with("file.delete.delay.ms", "0");
    }

    private void recover() {
        Optional<OffsetAndEpoch> latest = snapshots.latest();
        if (latest.isPresent() && latest.get().offset() > 0 && isAhead(latest.get())) {
            // Stopped between the arrival of a snapshot and the truncation that makes room for it.
            LOG.info("Snapshot {} is ahead of the log end {}: starting the log anew there", latest.get(), endOffset());
            log.truncateFullyAndStartAt(latest.get().offset());
        }
        latest.ifPresent(this::readVoters);
        long scanFrom = Math.max(
                log.logStartOffset(), latest.map(OffsetAndEpoch::offset).orElse(0L));
        while (scanFrom < log.logEndOffset()) {
            MemoryRecords some = read(scanFrom, SCAN_BYTES, log.logEndOffset());
            history.appended(some);
            scanFrom = some.lastBatch().orElseThrow().nextOffset();
        }
        flush();
        latest.ifPresent(id -> snapshots.deleteBefore(oldestNeeded(id)));
    }

    /** Snapshots below the log start serve nobody. */
    private OffsetAndEpoch oldestNeeded(OffsetAndEpoch latest) {
        for (OffsetAndEpoch id : snapshots.ids()) {
            if (id.offset() >= log.logStartOffset()) {
                return id;
            }
        }
        return latest;
    }

    private boolean isAhead(OffsetAndEpoch snapshot) {
        int latestEpoch = log.latestEpoch().orElse(0);
        return snapshot.epoch() > latestEpoch
                || (snapshot.epoch() == latestEpoch && snapshot.offset() > log.logEndOffset());
    }

    private void readVoters(OffsetAndEpoch id) {
        try (SnapshotFile file = snapshots.open(id).orElseThrow()) {
            SnapshotFile.Header header = file.header();
            history.reset(id.offset(), header.kraftVersion(), header.voters());
        }
    }

    @Override
    public long startOffset() {
        return log.logStartOffset();
    }

    @Override
    public long endOffset() {
        return log.logEndOffset();
    }

    @Override
    public long durableEndOffset() {
        return durableEndOffset;
    }

    @Override
    public int lastEpoch() {
        if (log.latestEpoch().isPresent()) {
            return log.latestEpoch().getAsInt();
        }
        return snapshots
                .latest()
                .filter(id -> id.offset() == endOffset())
                .map(OffsetAndEpoch::epoch)
                .orElse(0);
    }

    @Override
    public OffsetAndEpoch endOffsetForEpoch(int epoch) {
        OffsetAndEpoch end = log.endOffsetForEpoch(epoch);
        if (end.offset() < 0) {
            return end();
        }
        Optional<OffsetAndEpoch> first = snapshots.earliest();
        // smaller than any epoch in the log: what is before the log is the snapshot at its start
        if (first.isPresent() && end.offset() == first.get().offset() && end.epoch() == epoch) {
            return first.get();
        }
        return end;
    }

    @Override
    public Optional<OffsetAndEpoch> latestSnapshotId() {
        return snapshots.latest();
    }

    @Override
    public Optional<OffsetAndEpoch> earliestSnapshotId() {
        return snapshots.earliest();
    }

    @Override
    public VoterSet voters() {
        return history.voters();
    }

    @Override
    public VoterSet previousVoters() {
        return history.previousVoters();
    }

    @Override
    public short kraftVersion() {
        return history.kraftVersion();
    }

    @Override
    public long votersOffset() {
        return history.votersOffset();
    }

    @Override
    public VoterHistory history() {
        return history;
    }

    @Override
    public void appendAsLeader(MemoryRecords batch, int epoch) {
        log.appendAsLeader(batch, epoch, AppendOrigin.RAFT_LEADER);
        history.appended(batch);
    }

    @Override
    public void appendAsFollower(MemoryRecords batches, int epoch) {
        long before = log.logEndOffset();
        try {
            checkFromLeader(batches);
            log.appendAsFollower(batches, epoch);
        } catch (CorruptRecordException | InvalidRecordException | UnexpectedOffsetException unusable) {
            throw new RejectedFromLeaderException("records at " + before, unusable);
        }
        if (log.logEndOffset() > before) {
            history.appended(batches);
            history.truncated(log.logEndOffset());
        }
    }

    /** The metadata log has no gaps, and its control records are read at every start: what is not readable must not get in. */
    private void checkFromLeader(MemoryRecords batches) {
        long next = log.logEndOffset();
        for (MutableRecordBatch batch : batches.batches()) {
            batch.ensureValid();
            if (batch.baseOffset() != next || batch.lastOffset() < next) {
                throw new InvalidRecordException("batch from " + batch.baseOffset() + " to " + batch.lastOffset()
                        + " does not continue the log at " + next);
            }
            next = batch.lastOffset() + 1;
            if (batch.isControlBatch()) {
                try {
                    VoterHistory.read(batch, new VoterHistory(VoterSet.EMPTY));
                } catch (RuntimeException unreadable) {
                    throw new InvalidRecordException("control batch at " + batch.baseOffset(), unreadable);
                }
            }
        }
    }

    @Override
    public MemoryRecords read(long offset, int maxBytes, long endOffset) {
        LogRead read = log.read(offset, maxBytes, endOffset, true);
        try {
            return read.records().readFully();
        } finally {
            read.records().release();
        }
    }

    @Override
    public void flush() {
        long end = log.logEndOffset();
        orNoteFailure(log::flush);
        durableEndOffset = end;
    }

    @Override
    public void startEpoch(int epoch) {
        log.assignEpochStartOffset(epoch, log.logEndOffset());
    }

    @Override
    public void truncateTo(long offset) {
        orNoteFailure(() -> log.truncateTo(offset));
        history.truncated(offset);
        durableEndOffset = Math.min(durableEndOffset, offset);
    }

    @Override
    public void updateHighWatermark(long offset) {
        log.updateHighWatermark(offset);
    }

    @Override
    public SnapshotDirectory snapshots() {
        return snapshots;
    }

    @Override
    public void installSnapshot(OffsetAndEpoch id) {
        snapshots.added(id);
        log.truncateFullyAndStartAt(id.offset());
        readVoters(id);
        snapshots.deleteBefore(id);
        durableEndOffset = id.offset();
    }

    @Override
    public void clean(long nowMs) {
        log.maybeRoll(nowMs);
        new LogCleaning(config, log, snapshots).run(nowMs);
    }

    @Override
    public void close() {
        orNoteFailure(log::close);
        CleanClose.note(snapshots.path());
    }

    private void orNoteFailure(Runnable sync) {
        try {
            sync.run();
        } catch (KafkaStorageException e) {
            FailedSync.note(snapshots.path());
            throw e;
        }
    }
}
