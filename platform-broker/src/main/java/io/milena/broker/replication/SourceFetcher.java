package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import io.milena.log.PartitionLog;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches all partitions that this broker follows from one leader: one request at a time, the next as soon as the answer has
 * been appended.
 *
 * <pre>
 *   idle ──► asking ──► appending ──► asking …      idle when no partition is due
 * </pre>
 *
 * Steps run on the fetcher threads, one at a time, since there is at most one request or one timer under way. Partitions join
 * and leave from the metadata thread. A partition that joins while a request is parked at the leader has that request abandoned:
 * a broker takes up no second request on a connection before it has answered the first.
 */
final class SourceFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(SourceFetcher.class);
    private static final long FIRST_PAUSE_MS = 20;
    /** A request that has no answer for so long, ms, is parked: the leader answers at once if it has records. */
    private static final long PATIENCE_MS = 20;

    /** What one request asked of one partition. */
    private record Asked(FollowedPartition followed, long offset) {}

    private record Key(Uuid topicId, int index) {}

    private final int leaderId;
    private final ReplicationConfig config;
    private final PeerLink link;
    private final ScheduledExecutorService threads;
    private final LongSupplier brokerEpoch;
    private final OutOfRange outOfRange;

    // Guarded by this.
    private final Map<Partition, FollowedPartition> followed = new LinkedHashMap<>();
    private boolean stepping;
    private boolean requestUnderWay;
    private boolean nudged;
    private long requests;
    private long askedNs;
    private @Nullable ScheduledFuture<?> wakeUp;
    private boolean closed;
    private long pauseMs = FIRST_PAUSE_MS;

    SourceFetcher(
            int leaderId,
            ReplicationConfig config,
            PeerLink link,
            ScheduledExecutorService threads,
            LongSupplier brokerEpoch) {
        this.leaderId = leaderId;
        this.config = config;
        this.link = link;
        this.threads = threads;
        this.brokerEpoch = brokerEpoch;
        this.outOfRange = new OutOfRange(config.brokerId(), link);
    }

    synchronized void follow(Partition partition, int leaderEpoch) {
        followed.put(partition, new FollowedPartition(partition, leaderEpoch));
        if (requestUnderWay) {
            nudge();
        } else {
            step(0);
        }
    }

    synchronized void leave(Partition partition) {
        if (followed.remove(partition) != null && followed.isEmpty() && requestUnderWay) {
            // Nothing is awaited any more, perhaps from a broker that hangs.
            link.disconnect();
        }
    }

    synchronized void close() {
        closed = true;
        link.close();
    }

    private void nudge() {
        if (nudged) {
            return;
        }
        nudged = true;
        long number = requests;
        long underWayMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - askedNs);
        try {
            threads.schedule(() -> abandon(number), Math.max(0, PATIENCE_MS - underWayMs), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("Not fetching from broker {} any more", leaderId, stopping);
        }
    }

    private synchronized void abandon(long number) {
        if (requestUnderWay && requests == number) {
            pauseMs = 0;
            link.disconnect();
        }
    }

    /** Has a step run after {@code delayMs}, unless one is to run anyway sooner or a request is under way. */
    private synchronized void step(long delayMs) {
        if (closed || requestUnderWay || stepping) {
            return;
        }
        ScheduledFuture<?> timer = wakeUp;
        if (timer != null) {
            if (timer.getDelay(TimeUnit.MILLISECONDS) <= delayMs) {
                return;
            }
            timer.cancel(false);
        }
        try {
            wakeUp = threads.schedule(this::ask, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("Not fetching from broker {} any more", leaderId, stopping);
        }
    }

    private void ask() {
        List<FollowedPartition> due = new ArrayList<>();
        long waitMs = config.fetchWaitMaxMs();
        synchronized (this) {
            wakeUp = null;
            if (closed || requestUnderWay || stepping || followed.isEmpty()) {
                return;
            }
            long nowMs = System.currentTimeMillis();
            for (FollowedPartition each : followed.values()) {
                if (each.isDue(nowMs)) {
                    due.add(each);
                } else {
                    waitMs = Math.min(waitMs, Math.max(1, each.notBeforeMs() - nowMs));
                }
            }
            if (due.isEmpty()) {
                step(waitMs);
                return;
            }
            stepping = true;
        }
        Map<Key, Asked> asked = new LinkedHashMap<>();
        FetchRequestData request = request(due, (int) waitMs, asked);
        synchronized (this) {
            stepping = false;
            if (asked.isEmpty()) {
                step(FIRST_PAUSE_MS);
                return;
            }
            requestUnderWay = true;
            requests++;
            askedNs = System.nanoTime();
            nudged = false;
        }
        link.send(request).whenComplete((answer, error) -> {
            try {
                threads.execute(() -> answered(asked, answer, error));
            } catch (RejectedExecutionException stopping) {
                LOG.debug("An answer of broker {} comes too late", leaderId, stopping);
            }
        });
        synchronized (this) {
            if (followed.size() > due.size() && someAreNew(due)) {
                nudge();
            }
        }
    }

    private boolean someAreNew(List<FollowedPartition> due) {
        long nowMs = System.currentTimeMillis();
        Set<FollowedPartition> asked = new HashSet<>(due);
        return followed.values().stream().anyMatch(each -> each.isDue(nowMs) && !asked.contains(each));
    }

    private FetchRequestData request(List<FollowedPartition> partitions, int waitMs, Map<Key, Asked> asked) {
        FetchRequestData request = new FetchRequestData()
                .setReplicaState(
                        new ReplicaState().setReplicaId(config.brokerId()).setReplicaEpoch(brokerEpoch.getAsLong()))
                .setMaxWaitMs(waitMs)
                .setMinBytes(config.fetchMinBytes())
                .setMaxBytes(config.responseMaxBytes())
                .setSessionId(FetchMetadata.INVALID_SESSION_ID)
                .setSessionEpoch(FetchMetadata.FINAL_EPOCH);
        Map<Uuid, FetchRequestData.FetchTopic> topics = new LinkedHashMap<>();
        for (FollowedPartition each : partitions) {
            Partition partition = each.partition;
            FetchRequestData.FetchPartition entry = entry(each);
            if (entry != null) {
                asked.put(new Key(partition.topicId(), partition.index()), new Asked(each, entry.fetchOffset()));
                topics.computeIfAbsent(
                                partition.topicId(),
                                id -> new FetchRequestData.FetchTopic()
                                        .setTopicId(id)
                                        .setTopic(partition.topic()))
                        .partitions()
                        .add(entry);
            }
        }
        request.topics().addAll(topics.values());
        return request;
    }

    private FetchRequestData.@Nullable FetchPartition entry(FollowedPartition each) {
        FetchRequestData.FetchPartition entry = new FetchRequestData.FetchPartition()
                .setPartition(each.partition.index())
                .setCurrentLeaderEpoch(each.leaderEpoch)
                .setPartitionMaxBytes(config.fetchMaxBytes());
        try {
            boolean follows = each.partition.asFollower(each.leaderEpoch, log -> describe(log, entry));
            if (follows) {
                return entry;
            }
        } catch (RuntimeException e) {
            LOG.warn("{} cannot be replicated for now: {}", each.partition, e.toString());
        }
        pause(each);
        return null;
    }

    private static void describe(PartitionLog log, FetchRequestData.FetchPartition entry) {
        entry.setFetchOffset(log.logEndOffset())
                .setLogStartOffset(log.logStartOffset())
                .setLastFetchedEpoch(log.latestEpoch().orElse(-1));
    }

    private void answered(Map<Key, Asked> asked, @Nullable ApiMessage answer, @Nullable Throwable error) {
        long pause = 0;
        synchronized (this) {
            requestUnderWay = false;
            stepping = true;
        }
        if (answer instanceof FetchResponseData response && response.errorCode() == Errors.NONE.code()) {
            pauseMs = FIRST_PAUSE_MS;
            take(asked, response);
        } else {
            pause = pauseMs;
            pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, pauseMs * 2), config.backoffMs());
            LOG.debug("Fetching from broker {} failed, next try in {} ms: {}", leaderId, pause, answer, error);
        }
        synchronized (this) {
            stepping = false;
        }
        step(pause);
    }

    private void take(Map<Key, Asked> asked, FetchResponseData response) {
        for (FetchableTopicResponse topic : response.responses()) {
            for (PartitionData data : topic.partitions()) {
                Asked about = asked.get(new Key(topic.topicId(), data.partitionIndex()));
                if (about != null) {
                    take(about, data);
                }
            }
        }
    }

    private void take(Asked about, PartitionData data) {
        FollowedPartition each = about.followed();
        Errors error = Errors.forCode(data.errorCode());
        try {
            if (error == Errors.NONE) {
                each.partition.asFollower(
                        each.leaderEpoch, log -> FollowerLog.take(log, each.leaderEpoch, about.offset(), data));
                each.wentWell();
                return;
            }
            if (error == Errors.OFFSET_OUT_OF_RANGE) {
                outOfRange.resolve(each);
            }
            LOG.debug("Broker {} answers {} about {}", leaderId, error, each.partition);
        } catch (RuntimeException e) {
            LOG.error("Cannot append to {} what its leader {} sent", each.partition, leaderId, unwrapped(e));
        }
        pause(each);
    }

    private static Throwable unwrapped(RuntimeException e) {
        return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    }

    private synchronized void pause(FollowedPartition each) {
        each.pause(System.currentTimeMillis(), config.backoffMs());
    }
}
