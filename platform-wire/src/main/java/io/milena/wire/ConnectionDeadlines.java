package io.milena.wire;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/** What one connection's client, and the handlers of its requests, have a limited time for. Any thread asks; the event loop acts. */
final class ConnectionDeadlines {

    /** Requests that wait for something by their nature, for as long as they say. */
    private static final Set<ApiKeys> WAITING = EnumSet.of(
            ApiKeys.PRODUCE,
            ApiKeys.FETCH,
            ApiKeys.JOIN_GROUP,
            ApiKeys.SYNC_GROUP,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.ELECT_LEADERS,
            ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
            ApiKeys.LIST_PARTITION_REASSIGNMENTS,
            ApiKeys.UPDATE_FEATURES,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.ADD_RAFT_VOTER,
            ApiKeys.ENVELOPE);

    private final ServerConnection connection;
    private final WireLimits limits;
    private final long loginNs;
    private final long acceptedNs = System.nanoTime();
    private volatile long lastActiveNs = acceptedNs;
    private volatile boolean loggedIn;

    /** @param loginMs how long the client may take to authenticate itself; negative where it need not */
    ConnectionDeadlines(ServerConnection connection, WireLimits limits, long loginMs) {
        this.connection = connection;
        this.limits = limits;
        this.loginNs = TimeUnit.MILLISECONDS.toNanos(loginMs);
        this.loggedIn = loginMs < 0;
    }

    /** Something came or went. */
    void active() {
        lastActiveNs = System.nanoTime();
    }

    void loggedIn() {
        loggedIn = true;
    }

    boolean isLoggedIn() {
        return loggedIn;
    }

    void check(long nowNs) {
        if (isOverdue(nowNs)) {
            connection.loop().execute(this::act);
        }
    }

    private boolean isOverdue(long nowNs) {
        long quietNs = nowNs - lastActiveNs;
        return !loggedIn && nowNs - acceptedNs > loginNs
                || connection.hasUnfinishedFrame() && quietNs > stallNs()
                || limits.connections().maxIdleMs() >= 0 && quietNs > idleNs()
                || quietNs > unansweredNs();
    }

    /** On the event loop, where nothing changes meanwhile. */
    private void act() {
        long nowNs = System.nanoTime();
        long quietNs = nowNs - lastActiveNs;
        if (!loggedIn && nowNs - acceptedNs > loginNs) {
            connection.refuse(
                    "it did not authenticate itself within " + TimeUnit.NANOSECONDS.toMillis(loginNs) + " ms");
        } else if (connection.hasUnfinishedFrame() && quietNs > stallNs()) {
            connection.refuse("nothing came of an unfinished frame for "
                    + limits.requests().maxStallMs() + " ms");
        } else if (limits.connections().maxIdleMs() >= 0 && quietNs > idleNs() && connection.isIdle()) {
            connection.closeIdle();
        } else {
            answerForHandler(nowNs);
        }
    }

    /** A handler that forgot its request must not keep the client, and all requests behind it, waiting for ever. */
    private void answerForHandler(long nowNs) {
        @Nullable RequestExchange<?> oldest = connection.oldestRequest();
        if (oldest == null || oldest.isAnswered() || WAITING.contains(oldest.api())) {
            return;
        }
        if (nowNs - oldest.receivedNs() > unansweredNs()) {
            connection.logUnexpected(
                    oldest,
                    new IllegalStateException("Not answered within "
                            + limits.requests().maxUnansweredMs() + " ms; the client is told of a time-out."));
            oldest.failUnlessAnswered(new TimeoutException("The request was not answered in time."));
        }
    }

    private long stallNs() {
        return TimeUnit.MILLISECONDS.toNanos(limits.requests().maxStallMs());
    }

    private long unansweredNs() {
        return TimeUnit.MILLISECONDS.toNanos(limits.requests().maxUnansweredMs());
    }

    private long idleNs() {
        return TimeUnit.MILLISECONDS.toNanos(limits.connections().maxIdleMs());
    }
}
