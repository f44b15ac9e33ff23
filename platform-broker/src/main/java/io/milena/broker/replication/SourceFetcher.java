package io.milena.broker.replication;

import io.milena.broker.partition.Partition;
import io.milena.log.PartitionLog;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches partitions that this broker follows from one leader, over one connection: one request at a time, the next as soon as
 * the answer has been appended. A round costs as much as has changed, however many partitions there are: requests name what the
 * last answers moved ({@link LeaderSession}), answers what the leader has news of.
 *
 * <pre>
 *   idle ──► asking ──► appending ──► asking …      idle when nothing is to be asked
 * </pre>
 *
 * Steps run one at a time, since there is at most one request or one timer under way: on the connection's event loop as long as
 * little is to be appended, else on a fetcher thread. Partitions join and leave from the metadata thread. A partition that joins
 * while a request is parked at the leader has the leader hurried, by another request behind it on the connection: it answers what
 * is parked, for a broker takes up no second request before it has answered the first. A leader that lets it wait all the same has
 * the request abandoned.
 */
final class SourceFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(SourceFetcher.class);
    private static final long FIRST_PAUSE_MS = 20;
    /** A leader that has not hurried for so long, ms, never will: Apache Kafka's do not. */
    private static final long PATIENCE_MS = 200;
    /** Answers with more bytes of records are appended off the event loop, which others need too. */
    private static final int INLINE_BYTES = 256 * 1024;

    private static final long THROTTLED_PAUSE_MS = 100;

    private final int leaderId;
    private final ReplicationConfig config;
    private final PeerLink link;
    private final ScheduledExecutorService threads;
    private final LongSupplier brokerEpoch;
    private final FollowerThrottle throttle;
    private final LongSupplier nowMs;
    private final OutOfRange outOfRange;

    // Guarded by this.
    private final FollowedPartitions followed = new FollowedPartitions();
    private boolean stepping;
    private boolean requestUnderWay;
    private boolean sent;
    private boolean hurried;
    private long requests;
    private @Nullable ScheduledFuture<?> wakeUp;
    private boolean closed;
    private long pauseMs = FIRST_PAUSE_MS;

    // Confined to the step.
    private final LeaderSession session = new LeaderSession();
    /** The broker epoch that the session's requests carry. */
    private long askedAs = -1;

    private final Map<LeaderSession.Key, FollowedPartition> asked = new HashMap<>();

    SourceFetcher(
            int leaderId,
            ReplicationConfig config,
            PeerLink link,
            ScheduledExecutorService threads,
            LongSupplier brokerEpoch,
            FollowerThrottle throttle,
            LongSupplier nowMs) {
        this.leaderId = leaderId;
        this.config = config;
        this.link = link;
        this.threads = threads;
        this.brokerEpoch = brokerEpoch;
        this.throttle = throttle;
        this.nowMs = nowMs;
        this.outOfRange = new OutOfRange(config.brokerId(), link);
    }

    synchronized void follow(Partition partition, int leaderEpoch) {
        followed.join(new FollowedPartition(partition, leaderEpoch));
        if (!requestUnderWay) {
            step(0);
        } else if (sent) {
            hurry();
        }
    }

    synchronized void leave(Partition partition) {
        if (followed.leave(partition) && followed.isEmpty() && requestUnderWay) {
            // Nothing is awaited any more, perhaps from a broker that hangs.
            link.disconnect();
        }
    }

    synchronized void close() {
        closed = true;
        link.close();
    }

    /** Monitor held, after the request was sent. */
    private void hurry() {
        if (hurried) {
            return;
        }
        hurried = true;
        long number = requests;
        link.send(new OffsetForLeaderEpochRequestData().setReplicaId(config.brokerId()))
                .exceptionally(lost -> {
                    LOG.debug("Broker {} cannot be asked to hurry", leaderId, lost);
                    return null;
                });
        try {
            threads.schedule(() -> abandon(number), PATIENCE_MS, TimeUnit.MILLISECONDS);
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
        synchronized (this) {
            wakeUp = null;
            if (closed || requestUnderWay || stepping) {
                return;
            }
            stepping = true;
        }
        long waitMs = gather();
        long number;
        long epoch = brokerEpoch.getAsLong();
        if (epoch != askedAs) {
            // Registered anew: the leader notes which registration asks only of the partitions that a request names.
            session.failed();
            askedAs = epoch;
        }
        boolean idle = session.isEmpty();
        FetchRequestData request = idle ? null : session.next(template((int) waitMs, epoch));
        synchronized (this) {
            stepping = false;
            if (request == null) {
                // Whatever the leader still holds of a session is closed by the next one.
                session.failed();
                if (!followed.isEmpty()) {
                    step(followed.haveMoved() ? 0 : waitMs);
                }
                return;
            }
            requestUnderWay = true;
            number = ++requests;
            sent = false;
            hurried = false;
        }
        link.send(request).whenComplete(this::arrived);
        synchronized (this) {
            if (requestUnderWay && requests == number) {
                sent = true;
                if (followed.haveMoved()) {
                    hurry();
                }
            }
        }
    }

    /** Brings the session up to what is to be asked; returns how long the leader may park the request, ms. */
    private long gather() {
        List<FollowedPartition> joining;
        long waitMs;
        long now = nowMs.getAsLong();
        synchronized (this) {
            followed.takeLeft().forEach(this::forget);
            waitMs = followed.resume(now, config.fetchWaitMaxMs());
            joining = followed.takeMoved();
        }
        for (FollowedPartition each : joining) {
            waitMs = Math.min(waitMs, put(each, now));
        }
        return waitMs;
    }

    /** Puts one partition into the session, or has it pause; returns how long until it is to be looked at again, ms. */
    private long put(FollowedPartition each, long now) {
        if (throttle.holdsBack(each.partition, each.isInSync())) {
            forget(each);
            synchronized (this) {
                each.pauseFor(now, THROTTLED_PAUSE_MS);
                followed.keepPaused(each);
            }
            return THROTTLED_PAUSE_MS;
        }
        FetchPartition entry = new FetchPartition()
                .setPartition(each.partition.index())
                .setCurrentLeaderEpoch(each.leaderEpoch)
                .setPartitionMaxBytes(config.fetchMaxBytes());
        try {
            if (each.partition.asFollower(each.leaderEpoch, log -> describe(log, entry))) {
                session.put(each.key, entry);
                asked.put(each.key, each);
                return Long.MAX_VALUE;
            }
        } catch (RuntimeException e) {
            LOG.warn("{} cannot be replicated for now: {}", each.partition, e.toString());
        }
        pause(each);
        return FIRST_PAUSE_MS;
    }

    private static void describe(PartitionLog log, FetchPartition entry) {
        entry.setFetchOffset(log.logEndOffset())
                .setLogStartOffset(log.logStartOffset())
                .setLastFetchedEpoch(log.latestEpoch().orElse(-1))
                .setHighWatermark(log.highWatermark());
    }

    private FetchRequestData template(int waitMs, long epoch) {
        return new FetchRequestData()
                .setReplicaState(
                        new ReplicaState().setReplicaId(config.brokerId()).setReplicaEpoch(epoch))
                .setMaxWaitMs(waitMs)
                .setMinBytes(config.fetchMinBytes())
                .setMaxBytes(config.responseMaxBytes());
    }

    /** On the connection's event loop. */
    private void arrived(@Nullable ApiMessage answer, @Nullable Throwable error) {
        if (answer instanceof FetchResponseData response && bytesOf(response) <= INLINE_BYTES) {
            answered(answer, error);
            return;
        }
        try {
            threads.execute(() -> answered(answer, error));
        } catch (RejectedExecutionException stopping) {
            LOG.debug("An answer of broker {} comes too late", leaderId, stopping);
        }
    }

    private static long bytesOf(FetchResponseData response) {
        long bytes = 0;
        for (FetchableTopicResponse topic : response.responses()) {
            for (PartitionData data : topic.partitions()) {
                bytes += data.records() == null ? 0 : data.records().sizeInBytes();
            }
        }
        return bytes;
    }

    private void answered(@Nullable ApiMessage answer, @Nullable Throwable error) {
        long pause = 0;
        synchronized (this) {
            requestUnderWay = false;
            if (closed) {
                return;
            }
            stepping = true;
        }
        if (answer instanceof FetchResponseData response) {
            pauseMs = FIRST_PAUSE_MS;
            if (session.answered(response)) {
                take(response);
            } else {
                LOG.debug("Broker {} wants a new fetch session: {}", leaderId, Errors.forCode(response.errorCode()));
            }
        } else {
            session.failed();
            pause = pauseMs;
            pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, pauseMs * 2), config.backoffMs());
            LOG.debug("Fetching from broker {} failed, next try in {} ms", leaderId, pause, error);
        }
        synchronized (this) {
            stepping = false;
        }
        if (pause == 0) {
            ask();
        } else {
            step(pause);
        }
    }

    private void take(FetchResponseData response) {
        for (FetchableTopicResponse topic : response.responses()) {
            for (PartitionData data : topic.partitions()) {
                LeaderSession.Key key = new LeaderSession.Key(topic.topicId(), data.partitionIndex());
                FollowedPartition about = asked.get(key);
                if (about != null) {
                    take(about, session.askedOffset(key), data);
                }
            }
        }
    }

    private void take(FollowedPartition each, long askedFrom, PartitionData data) {
        Errors error = Errors.forCode(data.errorCode());
        try {
            if (error == Errors.NONE) {
                each.partition.asFollower(
                        each.leaderEpoch, log -> FollowerLog.take(log, each.leaderEpoch, askedFrom, data));
                each.wentWell(data);
                throttle.fetched(each.partition, data);
                synchronized (this) {
                    followed.move(each);
                }
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

    private void pause(FollowedPartition each) {
        forget(each);
        synchronized (this) {
            each.pause(nowMs.getAsLong(), config.backoffMs());
            followed.keepPaused(each);
        }
    }

    /** Takes a partition out of the session, unless it has joined anew in the meantime. */
    private void forget(FollowedPartition each) {
        if (asked.remove(each.key, each)) {
            session.forget(each.key);
        }
    }
}
