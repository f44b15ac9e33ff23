package io.milena.broker.fetch;

import io.milena.broker.partition.Partition;
import io.milena.broker.partition.PartitionWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;

/** What became of a fetch request when the sessions were consulted (KIP-227). Used by one request, on its event loop. */
sealed interface FetchContext {
    /** The partitions that the request itself names. */
    List<FetchTarget> named();

    /** Whether there is nothing to wait for. */
    boolean isEmpty();

    /** Reads what there is; may be called again. */
    FetchResult look(FetchReader reader, FetchParams params);

    /**
     * Has {@code fetch} told when looking again may find more, until the watch is closed.
     *
     * @param seen what was found; if more has come since, it is told at once
     */
    PartitionWatch watch(PendingFetch fetch, FetchResult seen);

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
        public List<FetchTarget> named() {
            return List.of();
        }

        @Override
        public boolean isEmpty() {
            return true;
        }

        @Override
        public FetchResult look(FetchReader reader, FetchParams params) {
            return new FetchResult(0);
        }

        @Override
        public PartitionWatch watch(PendingFetch fetch, FetchResult seen) {
            return () -> {};
        }

        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            return new Outcome(error, 0);
        }
    }

    /** A full request that wants no session. */
    record Sessionless(List<FetchTarget> named) implements FetchContext {
        @Override
        public boolean isEmpty() {
            return named.isEmpty();
        }

        @Override
        public FetchResult look(FetchReader reader, FetchParams params) {
            return reader.readAll(params, named);
        }

        @Override
        public PartitionWatch watch(PendingFetch fetch, FetchResult seen) {
            return watchAll(named, fetch, seen);
        }

        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            return new Outcome(Errors.NONE, 0);
        }
    }

    /** A full request that would like a session, which is made with the answer, if there is room. */
    record Opening(
            List<FetchTarget> named,
            Map<PartitionKey, SessionPartition> partitions,
            FetchSessions sessions,
            int replicaId,
            boolean byTopicId)
            implements FetchContext {
        @Override
        public boolean isEmpty() {
            return named.isEmpty();
        }

        @Override
        public FetchResult look(FetchReader reader, FetchParams params) {
            return reader.readAll(params, named);
        }

        @Override
        public PartitionWatch watch(PendingFetch fetch, FetchResult seen) {
            return watchAll(named, fetch, seen);
        }

        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            for (int i = 0; i < sent.size(); i++) {
                SessionPartition partition = sentTargets.get(i).session;
                if (partition != null) {
                    partition.sent(sentTargets.get(i).partition, sent.get(i));
                }
            }
            FetchSession session = sessions.open(replicaId, byTopicId, nowMs, partitions);
            return new Outcome(Errors.NONE, session == null ? 0 : session.id());
        }
    }

    /** A request within a session, which costs what has changed, not what there is. */
    record Incremental(List<FetchTarget> named, FetchSession session, int epochAfter) implements FetchContext {
        @Override
        public boolean isEmpty() {
            return false;
        }

        @Override
        public FetchResult look(FetchReader reader, FetchParams params) {
            synchronized (session) {
                // Another request of the session has overtaken this one while it was parked: what there is to tell is
                // for that one.
                return session.epoch() == epochAfter ? session.read(reader, params) : FetchResult.overtaken();
            }
        }

        @Override
        public PartitionWatch watch(PendingFetch fetch, FetchResult seen) {
            return session.updates().awaitedBy(fetch);
        }

        @Override
        public Outcome conclude(List<FetchTarget> sentTargets, List<PartitionData> sent, long nowMs) {
            session.touch(nowMs);
            synchronized (session) {
                if (session.epoch() != epochAfter) {
                    return new Outcome(Errors.INVALID_FETCH_SESSION_EPOCH, session.id());
                }
                for (int i = 0; i < sent.size(); i++) {
                    SessionPartition partition = sentTargets.get(i).session;
                    if (partition != null) {
                        partition.sent(sentTargets.get(i).partition, sent.get(i));
                    }
                }
            }
            return new Outcome(Errors.NONE, session.id());
        }
    }

    private static PartitionWatch watchAll(List<FetchTarget> targets, PendingFetch fetch, FetchResult seen) {
        List<PartitionWatch> joined = new ArrayList<>(targets.size());
        long movesNow = 0;
        for (FetchTarget target : targets) {
            Partition partition = target.partition;
            if (partition != null) {
                joined.add(partition.watch(fetch, fetch.interest()));
                movesNow += partition.moves();
            }
        }
        if (movesNow != seen.moves) {
            // Something moved between looking and watching.
            fetch.wake();
        }
        return () -> joined.forEach(PartitionWatch::close);
    }
}
