package io.milena.metadata;

import io.milena.records.CommittedBatch;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.MetadataRecordType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns committed batches and snapshots of the metadata log into images and hands them to the publishers.
 *
 * <p>Replaying and publishing are apart. A record that cannot be replayed is a fault of the node, which must stop. A publisher
 * that throws is a matter of that publisher: it is told ({@link #failures()}), called again after a pause that grows, and given
 * the newest image then; the others go on (see {@link MetadataSubscription}).
 *
 * <p>Everything runs on {@code executor}, in the order in which it came, and the calls return at once: a single thread (see
 * {@link #startThread}) in a node, simulated time in the simulator. Batches that wait while the executor is busy go into one
 * delta together, so a replica that is behind catches up without an image per batch. Only {@link #image()}, {@link #failures()}
 * and the metrics may be read from any thread.
 *
 * <p>Records of a metadata transaction (KIP-868) are held back until its End record and dropped at its Abort record; the
 * batch that begins one is held back from its first record, so an image always ends with a batch.
 */
public final class MetadataLoader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetadataLoader.class);
    /** Bounds the time until publishers see something while a long log is replayed. */
    private static final int MAX_RECORDS_PER_DELTA = 100_000;

    /** What Raft has handed over and the loader's thread has not replayed yet. */
    private sealed interface Input {
        record Batch(CommittedBatch batch) implements Input {}

        record Snapshot(OffsetAndEpoch id, Iterator<CommittedBatch> batches) implements Input {}
    }

    private final LoaderExecutor executor;
    private final MetadataFaultHandler faultHandler;
    private final @Nullable LoaderThread ownThread;
    private final Object lock = new Object();
    /** Batches and snapshots in one queue: a batch must not be replayed before the snapshot that it follows. */
    private List<Input> waiting = new ArrayList<>();

    private final List<MetadataSubscription> subscriptions = new CopyOnWriteArrayList<>();
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
     * @param faultHandler told once when replaying fails, and each time when a publisher fails
     */
    public MetadataLoader(LoaderExecutor executor, MetadataFaultHandler faultHandler) {
        this(executor, faultHandler, null);
    }

    private MetadataLoader(
            LoaderExecutor executor, MetadataFaultHandler faultHandler, @Nullable LoaderThread ownThread) {
        this.executor = executor;
        this.faultHandler = faultHandler;
        this.ownThread = ownThread;
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

    /** The publishers that cannot act on the metadata at present; any thread. */
    public List<PublisherFailure> failures() {
        List<PublisherFailure> failures = new ArrayList<>();
        for (MetadataSubscription each : subscriptions) {
            PublisherFailure failure = each.failure();
            if (failure != null) {
                failures.add(failure);
            }
        }
        return failures;
    }

    /**
     * Adds a publisher; its first call brings the image of that moment, if there is one, else the first one loaded.
     *
     * @param name for operators, who read it when the publisher fails
     */
    public void addPublisher(String name, MetadataPublisher publisher) {
        MetadataSubscription added = new MetadataSubscription(name, publisher, executor, faultHandler);
        executor.execute(() -> {
            subscriptions.add(added);
            if (image.provenance().offset() >= 0 && !faulted) {
                added.begin(image);
            }
        });
    }

    public void removePublisher(MetadataPublisher publisher) {
        executor.execute(() -> {
            for (MetadataSubscription each : subscriptions) {
                if (each.isOf(publisher)) {
                    each.remove();
                    subscriptions.remove(each);
                }
            }
        });
    }

    /** A committed batch, in the order of offsets; any one thread. */
    public void onCommit(CommittedBatch batch) {
        lastSeenOffset = batch.lastOffset();
        enqueue(new Input.Batch(batch));
    }

    /**
     * A snapshot, which replaces everything; the thread that commits. The batches are read on the loader's thread: the iterator
     * must stay valid until then.
     *
     * @param id end offset (exclusive) and epoch of the snapshot
     */
    public void onSnapshot(OffsetAndEpoch id, Iterator<CommittedBatch> batches) {
        lastSeenOffset = id.offset() - 1;
        enqueue(new Input.Snapshot(id, batches));
    }

    private void enqueue(Input input) {
        boolean first;
        synchronized (lock) {
            first = waiting.isEmpty();
            waiting.add(input);
        }
        if (first) {
            executor.execute(this::drain);
        }
    }

    private void drain() {
        List<Input> inputs;
        synchronized (lock) {
            inputs = waiting;
            waiting = new ArrayList<>();
        }
        if (faulted) {
            return;
        }
        try {
            for (Input input : inputs) {
                if (input instanceof Input.Snapshot snapshot) {
                    publishDelta();
                    loadSnapshot(snapshot.id(), snapshot.batches());
                } else if (input instanceof Input.Batch batch) {
                    replay(batch.batch());
                }
            }
            publishDelta();
        } catch (RuntimeException | Error e) {
            faulted = true;
            faultHandler.onFault("The committed metadata cannot be replayed", e);
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
                            + MetadataRecordType.fromId(record.message().apiKey()) + " " + record.message()
                            + "; as the last resort milena.metadata.log.skip.offsets=" + offset
                            + " on every node leaves it out",
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
        begin(new MetadataDelta(next));
        for (MetadataSubscription each : subscriptions) {
            each.publish(done, next, manifest);
        }
    }

    private void begin(MetadataDelta next) {
        delta = next;
        batchesInDelta = 0;
        recordsInDelta = 0;
        bytesInDelta = 0;
        startedNs = System.nanoTime();
    }

    private void loadSnapshot(OffsetAndEpoch id, Iterator<CommittedBatch> batches) {
        transaction.reset();
        begin(new MetadataDelta(image));
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

    /** Lets what is queued finish, if the loader has a thread of its own, and ends that thread. */
    @Override
    public void close() {
        if (ownThread != null) {
            ownThread.close();
        }
    }
}
