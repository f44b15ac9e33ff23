package io.milena.raft;

import io.milena.raft.core.Effect;
import io.milena.raft.core.Response;
import io.milena.raft.rpc.RecordsBlock;
import io.milena.raft.storage.SnapshotFile;
import io.milena.raft.storage.SnapshotFileWriter;
import io.milena.records.OffsetAndEpoch;
import java.util.Optional;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Snapshots given to followers and taken from a leader. Raft thread only, but for {@link #create}. */
final class SnapshotService {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotService.class);

    /** Whatever a follower asks for, and however many do. */
    private static final int LARGEST_CHUNK_BYTES = 1024 * 1024;

    private final RaftLog log;
    private final RaftClock clock;
    private @Nullable SnapshotFileWriter incoming;

    SnapshotService(RaftLog log, RaftClock clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Starts a local snapshot; any thread. Empty if one as new exists. */
    Optional<SnapshotWriter> create(
            OffsetAndEpoch end, long lastContainedLogTimeMs, long highWatermark, Runnable onFrozen) {
        if (end.offset() > highWatermark) {
            throw new IllegalArgumentException(
                    "Snapshot at " + end + " would hold uncommitted records: the high watermark is " + highWatermark);
        }
        Optional<OffsetAndEpoch> latest = log.latestSnapshotId();
        if (latest.isPresent() && latest.get().offset() >= end.offset()) {
            return Optional.empty();
        }
        SnapshotFileWriter file = log.snapshots().create(end);
        file.writeHeader(
                lastContainedLogTimeMs,
                clock.wallMs(),
                log.history().kraftVersionBelow(end.offset()),
                log.history().votersBelow(end.offset()));
        return Optional.of(new SnapshotSession(end, file, clock, () -> {
            log.snapshots().added(end);
            onFrozen.run();
        }));
    }

    /** One chunk for a follower. */
    Response.FetchSnapshot serve(Effect.ServeSnapshot request) {
        OffsetAndEpoch id = request.request().snapshotId();
        long position = request.request().position();
        Response.Header header = request.header();
        Optional<SnapshotFile> file = log.snapshots().open(id);
        if (file.isEmpty()) {
            return refused(header, Errors.SNAPSHOT_NOT_FOUND, id);
        }
        try (SnapshotFile snapshot = file.get()) {
            if (position < 0 || position >= snapshot.size()) {
                return refused(header, Errors.POSITION_OUT_OF_RANGE, id);
            }
            int maxBytes = Math.max(1, Math.min(request.request().maxBytes(), LARGEST_CHUNK_BYTES));
            return new Response.FetchSnapshot(
                    header, id, snapshot.size(), position, new RecordsBlock(snapshot.read(position, maxBytes)));
        }
    }

    private static Response.FetchSnapshot refused(Response.Header header, Errors error, OffsetAndEpoch id) {
        return new Response.FetchSnapshot(
                new Response.Header(error, header.epoch(), header.leader(), header.leaderAddress()), id, 0, 0, null);
    }

    /** Writes a chunk from the leader; the last one puts the snapshot in the place of the log. */
    void download(Effect.WriteSnapshotChunk chunk) {
        if (chunk.position() == 0) {
            abortDownload();
            LOG.info("Fetching snapshot {}", chunk.id());
            incoming = log.snapshots().create(chunk.id());
        }
        SnapshotFileWriter file = incoming;
        if (file == null) {
            throw new IllegalStateException("Chunk at " + chunk.position() + " of a snapshot that was not begun");
        }
        file.write(chunk.position(), ((RecordsBlock) chunk.chunk()).bytes().duplicate());
        if (chunk.last()) {
            try {
                file.verify();
            } catch (RuntimeException damaged) {
                abortDownload();
                throw new RejectedFromLeaderException("snapshot " + chunk.id(), damaged);
            }
            file.freeze();
            incoming = null;
            log.installSnapshot(chunk.id());
            LOG.info("Loaded snapshot {}, the metadata log starts anew there", chunk.id());
        }
    }

    void abortDownload() {
        if (incoming != null) {
            incoming.close();
            incoming = null;
        }
    }
}
