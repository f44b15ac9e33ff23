package io.milena.metadata;

import io.milena.records.CommittedBatch;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.MetadataRecordType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns committed batches and snapshots of the metadata log into images and hands them to the publishers.
 *
 * <p>Everything runs on {@code executor}, in order of the calls, which return at once: a single thread (see
 * {@link #startThread}) in a node, {@code Runnable::run} in the simulator and in tests. Batches that wait while a turn of the
 * executor runs go into one delta together, so a replica that is behind catches up without an image per batch. Only
 * {@link #image()} and the metrics may be read from any thread.
 *
 * <p>Records of a metadata transaction (KIP-868) are held back until its End record and dropped at its Abort record; the
 * batch that begins one is held back from its first record, so an image always ends with a batch.
 */
public final class MetadataLoader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLoader.class);
    /** Bounds the time until publishers see something while a long log is replayed. */
    private static final int MAX_RECORDS_PER_DELTA = 100_000;

    private final Executor executor;
    private final MetadataFaultHandler faultHandler;
    private final @Nullable AutoCloseable thread;
    private final Object lock = new Object();
    private final List<CommittedBatch> waiting = new ArrayList<>();
    private final List<Registered> publishers = new ArrayList<>();
    private final MetadataTransaction transaction = new MetadataTransaction();

    private volatile MetadataImage image = MetadataImage.EMPTY;
    private volatile long lastSeenOffset = -1L;
    private volatile boolean faulted;

    private MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);
    private int batchesInDelta;
    private int recordsInDelta;
    private long bytesInDelta;
    private long startedNs;

    /**
     * @param executor runs tasks one after the other, in order
     * @param faultHandler told once when replaying or publishing fails
     */
    public MetadataLoader(Executor executor, MetadataFaultHandler faultHandler) {
        this(executor, faultHandler, null);
    }

    private MetadataLoader(Executor executor, MetadataFaultHandler faultHandler, @Nullable AutoCloseable thread) {
        this.executor = executor;
        this.faultHandler = faultHandler;
        this.thread = thread;
    }

    /** A loader with a daemon thread of its own, named "metadata-loader"; {@link #close} ends it. */
    public static MetadataLoader startThread(MetadataFaultHandler faultHandler) {
        LoaderThread thread = new LoaderThread();
        return new MetadataLoader(thread, faultHandler, thread);
    }

    /** The newest image; any thread. */
    public MetadataImage image() {
        return image;
    }

    /** Offset of the last record in the newest image, -1 before the first; any thread. */
    public long lastAppliedOffset() {
        return image.provenance().offset();
    }

    /** Append time of the last batch in the newest image, ms since the Unix epoch, -1 before the first; any thread. */
    public long lastAppliedTimestampMs() {
        return image.provenance().timestampMs();
    }

    /** Offset of the last committed record handed to this loader; what lies above the applied one waits; any thread. */
    public long lastSeenOffset() {
        return lastSeenOffset;
    }

    /** Whether a fault stopped this loader; any thread. */
    public boolean isFaulted() {
        return faulted;
    }

    /** Adds a publisher; its first call brings the image of that moment, if there is one, else the first one loaded. */
    public void addPublisher(MetadataPublisher publisher) {
        executor.execute(() -> {
            Registered registered = new Registered(publisher);
            publishers.add(registered);
            if (image.provenance().offset() >= 0 && !faulted) {
                guarded("publish to a new publisher", () -> publishWhole(registered));
            }
        });
    }

    public void removePublisher(MetadataPublisher publisher) {
        executor.execute(() -> publishers.removeIf(registered -> registered.publisher == publisher));
    }

    /** A committed batch, in the order of offsets; any one thread. */
    public void onCommit(CommittedBatch batch) {
        boolean first;
        synchronized (lock) {
            first = waiting.isEmpty();
            waiting.add(batch);
        }
        lastSeenOffset = batch.lastOffset();
        if (first) {
            executor.execute(this::drain);
        }
    }

    /**
     * A snapshot, which replaces everything. The batches are read on the loader's thread: the iterator must stay valid until
     * then.
     *
     * @param id end offset (exclusive) and epoch of the snapshot
     */
    public void onSnapshot(OffsetAndEpoch id, Iterator<CommittedBatch> batches) {
        lastSeenOffset = id.offset() - 1;
        executor.execute(() -> {
            if (!faulted) {
                guarded("load snapshot " + id, () -> loadSnapshot(id, batches));
            }
        });
    }

    private void drain() {
        List<CommittedBatch> batches;
        synchronized (lock) {
            batches = new ArrayList<>(waiting);
            waiting.clear();
        }
        if (!faulted) {
            guarded("replay metadata", () -> {
                for (CommittedBatch batch : batches) {
                    replay(batch);
                }
                publishDelta();
            });
        }
    }

    private void replay(CommittedBatch batch) {
        if (batch.lastOffset() <= image.provenance().offset()) {
            return;
        }
        if (batchesInDelta == 0) {
            startedNs = System.nanoTime();
        }
        batchesInDelta++;
        bytesInDelta += batch.sizeInBytes();
        recordsInDelta += transaction.add(batch, this::replay);
        if (recordsInDelta >= MAX_RECORDS_PER_DELTA) {
            publishDelta();
        }
    }

    private void replay(VersionedRecord record, long offset) {
        try {
            delta.replay(record);
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "Cannot replay the record at or near offset " + offset + " of the metadata log: "
                            + MetadataRecordType.fromId(record.message().apiKey()) + " " + record.message(),
                    e);
        }
    }

    private void publishDelta() {
        MetadataProvenance end = transaction.appliedEnd();
        if (batchesInDelta == 0 || end.offset() <= image.provenance().offset()) {
            return;
        }
        publish(end, false);
    }

    private void publish(MetadataProvenance end, boolean snapshot) {
        MetadataDelta done = delta;
        MetadataImage next = done.apply(end);
        LoadManifest manifest =
                new LoadManifest(end, snapshot, batchesInDelta, bytesInDelta, System.nanoTime() - startedNs);
        image = next;
        delta = new MetadataDelta(next);
        batchesInDelta = 0;
        recordsInDelta = 0;
        bytesInDelta = 0;
        for (Registered registered : List.copyOf(publishers)) {
            if (registered.initialized) {
                registered.publisher.publish(done, next, manifest);
            } else if (done.base().provenance().offset() < 0) {
                registered.initialized = true;
                registered.publisher.publish(done, next, manifest);
            } else {
                publishWhole(registered);
            }
        }
    }

    private void loadSnapshot(OffsetAndEpoch id, Iterator<CommittedBatch> batches) {
        transaction.reset();
        delta = new MetadataDelta(image);
        batchesInDelta = 0;
        bytesInDelta = 0;
        startedNs = System.nanoTime();
        long timestampMs = -1L;
        while (batches.hasNext()) {
            CommittedBatch batch = batches.next();
            batchesInDelta++;
            timestampMs = batch.appendTimestampMs();
            for (VersionedRecord record : batch.records()) {
                replay(record, batch.baseOffset());
            }
        }
        delta.finishSnapshot();
        MetadataProvenance end = new MetadataProvenance(id.offset() - 1, id.epoch(), timestampMs);
        transaction.startAfter(end);
        publish(end, true);
        LOG.debug("Loaded snapshot {} with {} topics", id, image.topics().size());
    }

    private void publishWhole(Registered registered) {
        MetadataDelta whole = new MetadataDelta(MetadataImage.EMPTY);
        image.write(whole::replay);
        registered.initialized = true;
        registered.publisher.publish(whole, image, new LoadManifest(image.provenance(), true, 0, 0, 0));
    }

    private void guarded(String what, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            faulted = true;
            faultHandler.onFault("The metadata loader could not " + what, e);
        }
    }

    /** Lets what is queued finish, if the loader has a thread of its own, and ends that thread. */
    @Override
    public void close() {
        if (thread instanceof LoaderThread own) {
            own.close();
        }
    }

    private static final class Registered {
        private final MetadataPublisher publisher;
        private boolean initialized;

        Registered(MetadataPublisher publisher) {
            this.publisher = publisher;
        }
    }
}
