package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.FETCH;

import io.milena.compare.Interview;

/** Fetch sessions (KIP-227) through their life and with wrong ids and epochs; offsets and epochs out of range. */
final class FetchSessions implements Script {
    @Override
    public void ask(Interview ask) {
        for (int version = 7; version <= FETCH.latestVersion(); version++) {
            ask.about("fetch session, Fetch v" + version);
            session(ask, version);
        }
        for (int version : FETCH.allVersions()) {
            ask.about("fetch, v" + version);
            places(ask, version);
        }
    }

    private static String fetch(String session, String epoch, String partitions, String more) {
        return "{maxWaitMs: 0, minBytes: 0, sessionId: " + session + ", sessionEpoch: " + epoch + ", topics: ["
                + (partitions.isEmpty()
                        ? ""
                        : "{topic: 'read', topicId: '${readId}', partitions: [" + partitions + "]}")
                + "]" + more + "}";
    }

    /** A partition of a request, with room for all its records. */
    private static String from(int partition, long offset) {
        return "{partition: " + partition + ", fetchOffset: " + offset + ", partitionMaxBytes: 100000}";
    }

    private static void session(Interview ask, int version) {
        String both = from(0, 3) + ", " + from(1, 0);
        ask.ask("begins", FETCH, version, fetch("0", "0", both, "")).remember("sessionId", "/sessionId");
        ask.ask("goes on", FETCH, version, fetch("'${sessionId}'", "1", "", ""));
        ask.ask("moves", FETCH, version, fetch("'${sessionId}'", "2", from(0, 5), ""));
        ask.ask("asks for what is not there", FETCH, version, fetch("'${sessionId}'", "3", from(9, 0), ""));
        ask.ask("asks again", FETCH, version, fetch("'${sessionId}'", "4", "", ""));
        ask.ask("with an epoch left out", FETCH, version, fetch("'${sessionId}'", "9", "", ""));
        ask.ask("with an old epoch", FETCH, version, fetch("'${sessionId}'", "1", "", ""));
        ask.ask(
                "forgets one",
                FETCH,
                version,
                fetch(
                        "'${sessionId}'",
                        "5",
                        from(0, 99),
                        ", forgottenTopicsData: [{topic: 'read', topicId: '${readId}', partitions: [9]}, {topic: 'nobody', topicId: 'bm9ib2R5IGhhcyB0aGlzIQ', partitions: [0]}]"));
        ask.ask("an unknown session", FETCH, version, fetch("123456", "1", "", ""));
        ask.ask("an unknown session ends", FETCH, version, fetch("123456", "-1", both, ""));
        ask.ask("a negative session", FETCH, version, fetch("-5", "1", "", ""));
        ask.ask("no session in an epoch", FETCH, version, fetch("0", "7", both, ""));
        ask.ask("begins in the place of another", FETCH, version, fetch("'${sessionId}'", "0", both, ""))
                .remember("sessionId", "/sessionId");
        ask.ask("ends", FETCH, version, fetch("'${sessionId}'", "-1", "", ""));
        ask.ask("goes on after its end", FETCH, version, fetch("'${sessionId}'", "1", "", ""));
        ask.ask(
                        "begins with an unknown topic",
                        FETCH,
                        version,
                        "{maxWaitMs: 0, minBytes: 0, sessionEpoch: 0, topics: [{topic: 'nobody', topicId: 'bm9ib2R5IGhhcyB0aGlzIQ', partitions: [{partition: 0, partitionMaxBytes: 100}]}]}")
                .remember("sessionId", "/sessionId");
        ask.ask("goes on with it", FETCH, version, fetch("'${sessionId}'", "1", "", ""));
        ask.ask("begins with nothing", FETCH, version, fetch("0", "0", "", ""));
    }

    private static void places(Interview ask, int version) {
        for (int offset : new int[] {-1, 0, 2, 5, 6, 100}) {
            for (int epoch : new int[] {-1, 0, 1}) {
                ask.ask(
                        "offset " + offset + ", epoch " + epoch,
                        FETCH,
                        version,
                        fetch(
                                "0",
                                "-1",
                                "{partition: 0, fetchOffset: " + offset + ", currentLeaderEpoch: " + epoch
                                        + ", partitionMaxBytes: 100000}",
                                ""));
            }
        }
        for (int last : new int[] {-1, 0, 1, 5}) {
            ask.ask(
                    "last epoch " + last,
                    FETCH,
                    version,
                    fetch(
                            "0",
                            "-1",
                            "{partition: 0, fetchOffset: 2, currentLeaderEpoch: 0, lastFetchedEpoch: " + last
                                    + ", partitionMaxBytes: 100000}",
                            ""));
        }
        for (int bytes : new int[] {-1, 0, 1, 50}) {
            ask.ask(
                    "partition bytes " + bytes,
                    FETCH,
                    version,
                    fetch("0", "-1", "{partition: 0, fetchOffset: 0, partitionMaxBytes: " + bytes + "}", ""));
            ask.ask("bytes " + bytes, FETCH, version, fetch("0", "-1", from(0, 0), ", maxBytes: " + bytes));
        }
        ask.ask("committed only", FETCH, version, fetch("0", "-1", from(0, 0), ", isolationLevel: 1"));
        ask.ask("isolation 9", FETCH, version, fetch("0", "-1", from(0, 0), ", isolationLevel: 9"));
        for (String replica : new String[] {"1", "2", "-2"}) {
            ask.ask("replica " + replica, FETCH, version, fetch("0", "-1", from(0, 0), ", replicaId: " + replica));
            if (version >= 15) {
                ask.ask(
                        "replica state " + replica,
                        FETCH,
                        version,
                        fetch("0", "-1", from(0, 0), ", replicaState: {replicaId: " + replica + ", replicaEpoch: 1}"));
            }
        }
        ask.ask("another cluster", FETCH, version, fetch("0", "-1", from(0, 0), ", clusterId: 'another'"));
    }
}
