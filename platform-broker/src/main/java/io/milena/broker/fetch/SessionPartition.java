package io.milena.broker.fetch;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionWatch;
import io.milena.broker.partition.PartitionWatcher;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a fetch session remembers of one partition: what the client asked for last, and what it was told last (KIP-227).
 *
 * <pre>
 *   queued ──look──► watching the hosted partition, if there was nothing to tell ──move──► queued
 *     └────look──► queued again, if there was something: the client may not have heard it yet
 * </pre>
 *
 * <p>Two threads meet here. The request's event loop looks at the partition, with the session's monitor held. The thread that
 * appends to the partition calls {@link #onPartitionMoved}, without it. No move is lost, for three reasons:
 *
 * <ol>
 *   <li>A look clears {@code queued} before it reads. A move during the look queues the partition again.
 *   <li>A look watches before it reads. What came before the watch is read; what comes after it is a move.
 *   <li>A move that finds {@code queued} set leaves the watch, so that later moves cost nothing, and then queues once more: a
 *       look may have cleared {@code queued} meanwhile and found the watch still in place. It has to look again and watch anew.
 * </ol>
 *
 * <p>There may be a million of these, so that two fields with updaters stand for two atomic objects, and this is its own key.
 */
final class SessionPartition extends PartitionKey implements PartitionWatcher {
    private static final long NEVER_SENT = -1;

    private static final AtomicIntegerFieldUpdater<SessionPartition> QUEUED =
            AtomicIntegerFieldUpdater.newUpdater(SessionPartition.class, "queued");

    private static final AtomicReferenceFieldUpdater<SessionPartition, @Nullable PartitionWatch> WATCH =
            AtomicReferenceFieldUpdater.newUpdater(SessionPartition.class, PartitionWatch.class, "watch");

    // Guarded by the session's monitor.
    private PartitionFetch asked;
    private long sentHighWatermark = NEVER_SENT;
    private long sentLogStartOffset = NEVER_SENT;
    private @Nullable Partition watched;
    private @Nullable String servedTopic;
    private boolean forgotten;
    private int lastLook;

    // Any thread.
    private volatile boolean unnoted;
    private volatile @Nullable SessionUpdates updates;
    /** 1 while it is in the session's queue. */
    private volatile int queued;

    private volatile @Nullable PartitionWatch watch;

    SessionPartition(String topic, Uuid topicId, FetchPartition request) {
        super(topic, topicId, request.partition());
        this.asked = PartitionFetch.of(request);
    }

    /** The client asks for something else from now on. */
    void update(FetchPartition request) {
        asked = PartitionFetch.of(request);
        unnoted = false;
    }

    /** Becomes part of a session, which looks at it once. */
    void join(SessionUpdates of) {
        updates = of;
        queue();
    }

    /** Has the session look at it, soon or with its next request. */
    void queue() {
        SessionUpdates to = updates;
        if (to != null && enterQueue()) {
            to.add(this);
        }
    }

    /** False if it is in the queue already. */
    private boolean enterQueue() {
        return queued == 0 && QUEUED.compareAndSet(this, 0, 1);
    }

    /** Leaves its session. */
    void forget() {
        forgotten = true;
        unwatch();
    }

    /** Whether this look has not come by here before: an answer names a partition once. */
    boolean isNew(int look) {
        boolean isNew = look != lastLook;
        lastLook = look;
        return isNew;
    }

    boolean isForgotten() {
        return forgotten;
    }

    /** As {@link FetchTarget#unnoted()}, until the client asks anew. */
    void unnoted() {
        unnoted = true;
    }

    boolean isUnnoted() {
        return unnoted;
    }

    @Override
    public void onPartitionMoved(int moves) {
        SessionUpdates to = updates;
        if (to == null) {
            return;
        }
        boolean first = enterQueue();
        if (first) {
            to.add(this);
        }
        if (to.wakes(moves)) {
            if (!first) {
                unwatch();
                queue();
            }
            to.wake();
        }
    }

    /** Reads what there is into {@code result}; it has left the queue. */
    FetchReader.Found look(FetchReader reader, FetchParams params, FetchResult result) {
        queued = 0;
        FetchTarget target = target();
        reader.find(target);
        Partition hosted = target.partition;
        watch(hosted);
        if (hosted != null) {
            servedTopic = hosted.topic();
        }
        return reader.read(params, target, true, result);
    }

    private void watch(@Nullable Partition partition) {
        if (watch != null && watched == partition) {
            return;
        }
        unwatch();
        watched = partition;
        if (partition != null) {
            watch = partition.watch(this, ANYTHING);
        }
    }

    private void unwatch() {
        PartitionWatch joined = WATCH.getAndSet(this, null);
        if (joined != null) {
            joined.close();
        }
    }

    /** The topic's name when the partition was served last; tells a deleted topic from one that was created anew. */
    @Nullable
    String servedTopic() {
        return servedTopic;
    }

    /** Whether a partition without records has anything new to tell. */
    boolean worthSending(long highWatermark, long logStartOffset) {
        return highWatermark != sentHighWatermark || logStartOffset != sentLogStartOffset;
    }

    /** The high watermark the client knows as far as this session can tell, -1 if none. */
    long knownHighWatermark() {
        return sentHighWatermark;
    }

    /** @param hosted the partition that was read, null if there is none */
    void sent(@Nullable Partition hosted, PartitionData data) {
        if (hosted != null) {
            servedTopic = hosted.topic();
        }
        sentLogStartOffset = data.logStartOffset();
        // After an error the next answer must name the partition again, whatever it says.
        sentHighWatermark = data.errorCode() == Errors.NONE.code() ? data.highWatermark() : NEVER_SENT;
    }

    /** What is asked for now, for one request. */
    FetchTarget target() {
        return new FetchTarget(this, asked, this);
    }
}
