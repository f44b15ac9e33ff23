package io.milena.broker.fetch;

import java.util.LinkedHashMap;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What became of a fetch request when the sessions were consulted (KIP-227). */
sealed interface FetchContext {
    /** The partitions to serve, in order; everything about the request that does not live in a session. */
    List<FetchTarget> targets();

    /** Whether partitions with nothing new may be left out of the answer. */
    default boolean incremental() {
        return false;
    }

    /** Remembers what is about to be sent, and says which session id the answer carries. */
    Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs);

    /**
     * @param error of the whole answer; if not NONE, nothing else is sent
     * @param sessionId the session id of the answer, 0 for none
     */
    record Outcome(Errors error, int sessionId) {}

    /** The session is unknown or its epoch is wrong: only the error is sent. */
    record Refused(Errors error) implements FetchContext {
        @Override
        public List<FetchTarget> targets() {
            return List.of();
        }

        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            return new Outcome(error, 0);
        }
    }

    /** A full request that wants no session. */
    record Sessionless(List<FetchTarget> targets) implements FetchContext {
        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            return new Outcome(Errors.NONE, 0);
        }
    }

    /** A full request that would like a session, which is made with the answer, if there is room. */
    record Opening(
            List<FetchTarget> targets,
            LinkedHashMap<PartitionKey, SessionPartition> partitions,
            FetchSessions sessions,
            boolean fromFollower,
            boolean byTopicId)
            implements FetchContext {
        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            for (int i = 0; i < sent.size(); i++) {
                SessionPartition partition = sentTargets.get(i).session;
                if (partition != null) {
                    partition.sent(sent.get(i));
                }
            }
            FetchSession session = sessions.open(fromFollower, byTopicId, nowMs, partitions);
            return new Outcome(Errors.NONE, session == null ? 0 : session.id());
        }
    }

    /** A request within a session. */
    record Incremental(List<FetchTarget> targets, FetchSession session, int epochAfter) implements FetchContext {
        @Override
        public boolean incremental() {
            return true;
        }

        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            session.touch(nowMs);
            synchronized (session) {
                if (session.epoch() != epochAfter) {
                    // Another request of the session overtook this one while it was parked.
                    return new Outcome(Errors.INVALID_FETCH_SESSION_EPOCH, session.id());
                }
                for (int i = 0; i < sent.size(); i++) {
                    remember(sentTargets.get(i).session, sent.get(i));
                }
            }
            return new Outcome(Errors.NONE, session.id());
        }

        private void remember(@Nullable SessionPartition partition, PartitionData data) {
            if (partition == null) {
                return;
            }
            partition.sent(data);
            if (data.records().sizeInBytes() > 0) {
                session.moveToEnd(partition);
            }
        }
    }
}
