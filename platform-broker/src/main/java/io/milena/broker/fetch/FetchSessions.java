package io.milena.broker.fetch;

import java.util.Comparator;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.requests.FetchMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this broker, at most {@code max.incremental.fetch.session.cache.slots} of them (KIP-227). Finding one takes no
 * lock; making room for a new one looks at all, which is rare and bounded by the slots.
 *
 * <p>When full, a newcomer takes the place of a session unused for {@link #EVICTION_MS}; else of the least valuable one, if
 * that is less valuable than itself and old enough. Followers are worth more than consumers, more partitions more than fewer.
 */
final class FetchSessions {
    static final long EVICTION_MS = 120_000;

    private static final Comparator<FetchSession> BY_VALUE = Comparator.comparing(FetchSession::fromFollower)
            .thenComparingInt(FetchSession::size)
            .thenComparingInt(FetchSession::id);

    /** What a partition of a session occupies, with its place in the map, its watch and its target. */
    private static final int PARTITION_BYTES = 320;

    /** An eighth of the heap; a client without a session is served all the same, and names all its partitions each time. */
    private static final long MAX_PARTITIONS = Runtime.getRuntime().maxMemory() / 8 / PARTITION_BYTES;

    private final int slots;
    private final long maxPartitions;
    private final FetchInterest interest;
    private final SplittableRandom ids;
    private final Map<Integer, FetchSession> sessions = new ConcurrentHashMap<>();

    /** @param seed of the ids: another after each start, so that a session of before it is not taken for one of now */
    FetchSessions(int slots, FetchInterest interest, long seed) {
        this(slots, MAX_PARTITIONS, interest, seed);
    }

    FetchSessions(int slots, long maxPartitions, FetchInterest interest, long seed) {
        this.slots = slots;
        this.maxPartitions = maxPartitions;
        this.interest = interest;
        this.ids = new SplittableRandom(seed);
    }

    @Nullable
    FetchSession find(int id) {
        return sessions.get(id);
    }

    void remove(int id) {
        FetchSession session = sessions.remove(id);
        if (session != null) {
            session.close();
        }
    }

    int size() {
        return sessions.size();
    }

    /**
     * A follower's fetch outside a session has been noted. It may be one that a later fetch has overtaken, on another connection or in
     * another queue, and have told of the past; so the sessions of this follower note all they know with their next request.
     */
    void haveNotedAgain(int replicaId) {
        for (FetchSession session : sessions.values()) {
            if (session.replicaId() == replicaId) {
                session.noteAgain();
            }
        }
    }

    /**
     * A new session holding {@code partitions}, or null if there is no room for it.
     *
     * @param replicaId the follower it is for, negative for a consumer
     */
    synchronized @Nullable FetchSession open(
            int replicaId, boolean byTopicId, long nowMs, Map<PartitionKey, SessionPartition> partitions) {
        FetchSession session =
                new FetchSession(newId(), replicaId, byTopicId, interest.of(replicaId >= 0), nowMs, partitions);
        while (sessions.size() >= slots || partitions() + partitions.size() > maxPartitions) {
            if (partitions.size() > maxPartitions || !makeRoom(session, nowMs)) {
                session.close();
                return null;
            }
        }
        sessions.put(session.id(), session);
        return session;
    }

    /** Whether the sessions, which may have grown, occupy more than they may. */
    boolean isOverfull() {
        return partitions() > maxPartitions;
    }

    private long partitions() {
        long all = 0;
        for (FetchSession session : sessions.values()) {
            all += session.size();
        }
        return all;
    }

    private int newId() {
        int id;
        do {
            id = ids.nextInt(1, Integer.MAX_VALUE);
        } while (id == FetchMetadata.INVALID_SESSION_ID || sessions.containsKey(id));
        return id;
    }

    private boolean makeRoom(FetchSession newcomer, long nowMs) {
        FetchSession stalest = null;
        FetchSession cheapest = null;
        for (FetchSession session : sessions.values()) {
            if (stalest == null || session.lastUsedMs() < stalest.lastUsedMs()) {
                stalest = session;
            }
            if (evictable(session, newcomer, nowMs) && (cheapest == null || BY_VALUE.compare(session, cheapest) < 0)) {
                cheapest = session;
            }
        }
        if (stalest != null && nowMs - stalest.lastUsedMs() > EVICTION_MS) {
            remove(stalest.id());
            return true;
        }
        if (cheapest != null && BY_VALUE.compare(newcomer, cheapest) >= 0) {
            remove(cheapest.id());
            return true;
        }
        return false;
    }

    private static boolean evictable(FetchSession session, FetchSession newcomer, long nowMs) {
        boolean old = nowMs - session.createdMs() > EVICTION_MS;
        return old || newcomer.fromFollower() && !session.fromFollower();
    }
}
