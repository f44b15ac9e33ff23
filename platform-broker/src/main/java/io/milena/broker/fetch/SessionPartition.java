package io.milena.broker.fetch;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionWatch;
import io.milena.broker.partition.PartitionWatcher;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * What a fetch session remembers of one partition: what the client asked for last, and what it was told last (KIP-227). Guarded
 * by the session's monitor, but for the queueing, which happens on whatever thread moves the partition.
 *
 * <pre>
 *   queued ──look──► nothing to tell, watching the partition ──move──► queued
 *     └────look──► something: queued again, until it has been told and the client has moved on
 * </pre>
 */
final class SessionPartition implements PartitionWatcher {
    private static final long NEVER_SENT = -1;

    final String topic;
    final Uuid topicId;
    final int index;

    private long fetchOffset;
    private int maxBytes;
    private int leaderEpoch;
    private int lastFetchedEpoch;
    private long fetcherLogStartOffset;
    private long fetcherHighWatermark;
    private @Nullable FetchTarget target;

    /** The topic's name when the partition was last served by id; tells a deleted topic from one that was created anew. */
    @Nullable
    String servedTopic;

    private long sentHighWatermark = NEVER_SENT;
    private long sentLogStartOffset = NEVER_SENT;

    private @Nullable SessionNews news;
    private final AtomicBoolean queued = new AtomicBoolean();
    private final AtomicReference<@Nullable PartitionWatch> watch = new AtomicReference<>();
    private @Nullable Partition watched;
    private boolean forgotten;
    private long lastLook;

    SessionPartition(String topic, Uuid topicId, FetchPartition request) {
        this.topic = topic;
        this.topicId = topicId;
        this.index = request.partition();
        update(request);
    }

    void update(FetchPartition request) {
        fetchOffset = request.fetchOffset();
        maxBytes = request.partitionMaxBytes();
        leaderEpoch = request.currentLeaderEpoch();
        lastFetchedEpoch = request.lastFetchedEpoch();
        fetcherLogStartOffset = request.logStartOffset();
        fetcherHighWatermark = request.highWatermark();
        target = null;
    }

    /** Becomes part of a session, which looks at it once. */
    void join(SessionNews of) {
        news = of;
        queue();
    }

    /** Has the session look at it, soon or with its next request. */
    void queue() {
        SessionNews to = news;
        if (to != null && queued.compareAndSet(false, true)) {
            to.add(this);
        }
    }

    /** Leaves its session. */
    void forget() {
        forgotten = true;
        unwatch();
    }

    /** Whether this look has not come by here before: an answer names a partition once. */
    boolean isNew(long look) {
        boolean isNew = look != lastLook;
        lastLook = look;
        return isNew;
    }

    boolean isForgotten() {
        return forgotten;
    }

    @Override
    public void onPartitionMoved(int moves) {
        SessionNews to = news;
        if (to == null) {
            return;
        }
        boolean first = queued.compareAndSet(false, true);
        if (first) {
            to.add(this);
        }
        if (to.wakes(moves)) {
            if (!first) {
                // Nobody has looked since it was told before, and perhaps nobody ever will: the next look watches
                // again.
                // Whoever looked in this very moment relied on the watch, and is made to look once more.
                unwatch();
                queue();
            }
            to.wake();
        }
    }

    /** Reads what there is into {@code result}, after having left the queue. */
    FetchReader.Found look(FetchReader reader, FetchParams params, FetchResult result) {
        // In this order: a move after this line queues it again, whether it is watched still or only from the next line
        // on.
        queued.set(false);
        FetchTarget asked = target();
        reader.find(asked);
        watch(asked.partition);
        return reader.read(params, asked, true, result);
    }

    private void watch(@Nullable Partition partition) {
        if (watch.get() != null && watched == partition) {
            return;
        }
        unwatch();
        watched = partition;
        if (partition != null) {
            watch.set(partition.watch(this, ANYTHING));
        }
    }

    private void unwatch() {
        PartitionWatch joined = watch.getAndSet(null);
        if (joined != null) {
            joined.close();
        }
    }

    /** Whether a partition without records has anything new to tell. */
    boolean worthSending(long highWatermark, long logStartOffset) {
        return highWatermark != sentHighWatermark || logStartOffset != sentLogStartOffset;
    }

    /** The high watermark the client knows as far as this session can tell, -1 if none. */
    long knownHighWatermark() {
        return sentHighWatermark;
    }

    void sent(PartitionData data) {
        sentLogStartOffset = data.logStartOffset();
        // After an error the next answer must name the partition again, whatever it says.
        sentHighWatermark = data.errorCode() == Errors.NONE.code() ? data.highWatermark() : NEVER_SENT;
    }

    FetchTarget target() {
        FetchTarget known = target;
        if (known == null) {
            known = new FetchTarget(
                    topic,
                    topicId,
                    index,
                    fetchOffset,
                    maxBytes,
                    leaderEpoch,
                    lastFetchedEpoch,
                    fetcherLogStartOffset,
                    fetcherHighWatermark,
                    this);
            target = known;
        }
        return known;
    }
}
