package io.milena.broker.replication;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/**
 * The follower's side of a fetch session (KIP-227): the leader remembers what was asked, and a request names only what has
 * changed since the one before. Pure, and confined to whoever holds its fetcher's turn.
 *
 * <pre>
 *   opening (all partitions) ──► incremental (changes) ──► incremental …
 *      ▲                              │
 *      └── no room, session error, lost connection ──┘
 * </pre>
 */
final class LeaderSession {
    /** A partition in the session. */
    record Key(Uuid topicId, int index) {}

    private final Map<Key, FetchPartition> held = new LinkedHashMap<>();
    private final Map<Key, FetchPartition> changed = new LinkedHashMap<>();
    private final Set<Key> forgotten = new LinkedHashSet<>();
    private int id = FetchMetadata.INVALID_SESSION_ID;
    private int epoch = FetchMetadata.INITIAL_EPOCH;

    /** Asks about a partition from now on. Costs nothing on the wire if the leader was asked the same before. */
    void put(Key key, FetchPartition entry) {
        FetchPartition before = held.put(key, entry);
        boolean leaderForgets = forgotten.remove(key);
        if (before == null || leaderForgets || !asksTheSame(before, entry)) {
            changed.put(key, entry);
        }
    }

    /** The high watermark is left out: the leader knows what it told within the session. */
    private static boolean asksTheSame(FetchPartition one, FetchPartition other) {
        return one.fetchOffset() == other.fetchOffset()
                && one.logStartOffset() == other.logStartOffset()
                && one.currentLeaderEpoch() == other.currentLeaderEpoch()
                && one.lastFetchedEpoch() == other.lastFetchedEpoch()
                && one.partitionMaxBytes() == other.partitionMaxBytes();
    }

    /** Asks about a partition no longer. */
    void forget(Key key) {
        if (held.remove(key) != null) {
            changed.remove(key);
            forgotten.add(key);
        }
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** The offset that was asked for last; -1 if the partition is not in the session. */
    long askedOffset(Key key) {
        FetchPartition entry = held.get(key);
        return entry == null ? -1 : entry.fetchOffset();
    }

    /** Fills in session, partitions and forgotten topics of the next request. */
    FetchRequestData next(FetchRequestData request) {
        boolean opening = epoch == FetchMetadata.INITIAL_EPOCH;
        request.setSessionId(id).setSessionEpoch(epoch);
        Map<Uuid, FetchTopic> topics = new LinkedHashMap<>();
        (opening ? held : changed)
                .forEach((key, entry) -> topics.computeIfAbsent(
                                key.topicId(), topicId -> new FetchTopic().setTopicId(topicId))
                        .partitions()
                        .add(entry));
        request.topics().addAll(topics.values());
        if (!opening) {
            Map<Uuid, ForgottenTopic> left = new LinkedHashMap<>();
            forgotten.forEach(
                    key -> left.computeIfAbsent(key.topicId(), topicId -> new ForgottenTopic().setTopicId(topicId))
                            .partitions()
                            .add(key.index()));
            request.forgottenTopicsData().addAll(left.values());
        }
        changed.clear();
        forgotten.clear();
        return request;
    }

    /**
     * Takes over what an answer says about the session.
     *
     * @return whether its partitions may be used; else the next request opens a session anew
     */
    boolean answered(FetchResponseData response) {
        Errors error = Errors.forCode(response.errorCode());
        if (error == Errors.NONE && response.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            id = response.sessionId();
            epoch = FetchMetadata.nextEpoch(epoch);
            return true;
        }
        // The leader has no room for a session, has closed this one, or does not agree about it.
        boolean known = error != Errors.NONE && error != Errors.FETCH_SESSION_ID_NOT_FOUND;
        restart(known ? id : FetchMetadata.INVALID_SESSION_ID);
        return error == Errors.NONE;
    }

    /** No answer came: the leader may or may not have seen the request. */
    void failed() {
        restart(id);
    }

    /** @param closing the session the next request closes */
    private void restart(int closing) {
        id = closing;
        epoch = FetchMetadata.INITIAL_EPOCH;
    }
}
