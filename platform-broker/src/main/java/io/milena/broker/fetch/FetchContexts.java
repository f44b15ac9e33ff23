package io.milena.broker.fetch;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;

/** Turns a fetch request into its {@link FetchContext}: the rules of KIP-227's session id and epoch. Any thread. */
final class FetchContexts {
    private static final short FIRST_VERSION_BY_ID = 13;
    private static final short FIRST_VERSION_WITH_SESSIONS = 7;

    private final FetchSessions sessions;

    FetchContexts(FetchSessions sessions) {
        this.sessions = sessions;
    }

    /** @param replicaId the follower that asks, negative for consumers */
    FetchContext resolve(FetchRequestData request, short version, int replicaId, long nowMs) {
        int epoch = request.sessionEpoch();
        if (epoch == FetchMetadata.INITIAL_EPOCH || epoch == FetchMetadata.FINAL_EPOCH) {
            return full(request, version, replicaId);
        }
        FetchSession session = sessions.find(request.sessionId());
        if (session == null) {
            return new FetchContext.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        synchronized (session) {
            return incremental(request, version >= FIRST_VERSION_BY_ID, session, nowMs);
        }
    }

    private FetchContext full(FetchRequestData request, short version, int replicaId) {
        if (request.sessionId() != FetchMetadata.INVALID_SESSION_ID) {
            sessions.remove(request.sessionId());
        }
        boolean wantsSession =
                request.sessionEpoch() == FetchMetadata.INITIAL_EPOCH && version >= FIRST_VERSION_WITH_SESSIONS;
        if (!wantsSession) {
            return new FetchContext.Sessionless(List.copyOf(targets(request).values()));
        }
        Map<PartitionKey, SessionPartition> partitions = new HashMap<>();
        Map<PartitionKey, FetchTarget> targets = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                SessionPartition kept = new SessionPartition(topic.topic(), topic.topicId(), partition);
                partitions.remove(kept);
                partitions.put(kept, kept);
                targets.put(kept, kept.target());
            }
        }
        boolean byTopicId = version >= FIRST_VERSION_BY_ID;
        return new FetchContext.Opening(List.copyOf(targets.values()), partitions, sessions, replicaId, byTopicId);
    }

    private FetchContext incremental(FetchRequestData request, boolean byTopicId, FetchSession session, long nowMs) {
        if (session.epoch() != request.sessionEpoch()) {
            return new FetchContext.Refused(Errors.INVALID_FETCH_SESSION_EPOCH);
        }
        if (session.byTopicId() != byTopicId) {
            return new FetchContext.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        }
        int before = session.size();
        List<FetchTarget> named = session.update(request);
        if (session.size() > before && sessions.isOverfull()) {
            sessions.remove(session.id());
            return new FetchContext.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND);
        }
        session.touch(nowMs);
        if (session.size() == 0) {
            sessions.remove(session.id());
            return new FetchContext.Sessionless(List.of());
        }
        session.advanceEpoch();
        return new FetchContext.Incremental(session.toBeNoted(named), session, session.epoch());
    }

    /** Of several wishes for one partition the last one counts, as with Apache Kafka. */
    private static Map<PartitionKey, FetchTarget> targets(FetchRequestData request) {
        Map<PartitionKey, FetchTarget> targets = new LinkedHashMap<>();
        for (FetchTopic topic : request.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                PartitionKey key = new PartitionKey(topic.topic(), topic.topicId(), partition.partition());
                targets.put(key, new FetchTarget(key, PartitionFetch.of(partition), null));
            }
        }
        return targets;
    }
}
