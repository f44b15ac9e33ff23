package io.milena.controller.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * When each broker was last heard of. Soft state of the active controller alone: it is not in the log, and begins anew when
 * another controller takes over. Times are milliseconds of a monotonic clock, given by the caller.
 */
public final class BrokerSessions {
    private static final long NEVER = Long.MIN_VALUE;

    private final long sessionTimeoutMs;
    private final long graceMs;
    private final Map<Integer, Session> sessions = new HashMap<>();

    /**
     * @param sessionTimeoutMs a broker silent for longer is fenced
     * @param graceMs a broker that is gone, as far as can be seen, is fenced after this time already; 0 = only after the session
     */
    public BrokerSessions(long sessionTimeoutMs, long graceMs) {
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.graceMs = graceMs;
    }

    /** A new active controller has heard of nobody, and gives everybody the benefit of a whole session. */
    public void activate(Brokers brokers, long nowMs) {
        sessions.clear();
        brokers.all().forEach(broker -> {
            Session session = new Session(broker.epoch());
            session.deadlineMs = nowMs + sessionTimeoutMs;
            sessions.put(broker.id(), session);
        });
    }

    /** The broker of this epoch was heard of. */
    public void touch(int broker, long epoch, long metadataOffset, long nowMs) {
        Session session = session(broker, epoch);
        session.heard = true;
        session.deadlineMs = nowMs + sessionTimeoutMs;
        session.metadataOffset = Math.max(session.metadataOffset, metadataOffset);
    }

    /** The broker said that it goes, and was told that it may: a new incarnation need not wait for the session to end. */
    public void end(int broker, long epoch) {
        Session session = sessions.get(broker);
        if (session != null && session.epoch == epoch) {
            session.heard = false;
            session.deadlineMs = NEVER;
        }
    }

    public void remove(int broker) {
        sessions.remove(broker);
    }

    /**
     * A broker's connection was lost: it is a suspect until it is heard of again. A new incarnation may take its place at once,
     * as after a crash and a quick restart; the session goes on.
     */
    public void suspect(int broker, long epoch) {
        Session session = sessions.get(broker);
        if (session != null && session.epoch == epoch) {
            session.heard = false;
        }
    }

    /** Whether it is worth asking if the broker of this epoch is gone. */
    public boolean isSuspect(int broker, long epoch) {
        Session session = sessions.get(broker);
        return graceMs > 0 && session != null && session.epoch == epoch && !session.heard;
    }

    /** A suspect's listeners all refuse connections: unless it is heard of within the grace time, its session ends then. */
    public void gone(int broker, long epoch, long nowMs) {
        Session session = sessions.get(broker);
        if (session != null && isSuspect(broker, epoch)) {
            session.deadlineMs = Math.min(session.deadlineMs, nowMs + graceMs);
        }
    }

    /** Whether the broker of this epoch is alive as far as is known, so that another incarnation would be a duplicate. */
    boolean isLive(int broker, long epoch, long nowMs) {
        Session session = sessions.get(broker);
        return session != null && session.epoch == epoch && session.heard && nowMs < session.deadlineMs;
    }

    /** Unfenced brokers whose session is over. */
    public List<BrokerState> expired(Brokers brokers, long nowMs) {
        List<BrokerState> expired = new ArrayList<>();
        for (BrokerState broker : brokers.all()) {
            Session session = sessions.get(broker.id());
            if (!broker.fenced() && session != null && session.epoch == broker.epoch() && nowMs >= session.deadlineMs) {
                expired.add(broker);
            }
        }
        return expired;
    }

    /** When {@link #expired} should be asked next. */
    public OptionalLong nextDeadlineMs(Brokers brokers) {
        long next = Long.MAX_VALUE;
        for (BrokerState broker : brokers.all()) {
            Session session = sessions.get(broker.id());
            if (!broker.fenced() && session != null) {
                next = Math.min(next, session.deadlineMs);
            }
        }
        return next == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(next);
    }

    /**
     * The broker is in controlled shutdown, and the records that began it were written up to this offset at the latest; others must
     * have seen them before the broker goes. Only the first call counts.
     */
    public void shutdownBegan(int broker, long epoch, long offset) {
        Session session = session(broker, epoch);
        if (session.shutdownOffset < 0) {
            session.shutdownOffset = offset;
        }
    }

    /** Whether every other active broker has replayed the record that began this broker's shutdown (KAFKA-14292: only those alive count). */
    boolean shutdownSeenByOthers(BrokerState leaving, Brokers brokers) {
        Session own = sessions.get(leaving.id());
        if (own == null) {
            return true;
        }
        for (BrokerState broker : brokers.all()) {
            Session session = sessions.get(broker.id());
            if (broker.id() != leaving.id() && broker.active() && session != null && session.heard) {
                if (session.metadataOffset < own.shutdownOffset) {
                    return false;
                }
            }
        }
        return true;
    }

    private Session session(int broker, long epoch) {
        Session session = sessions.get(broker);
        if (session == null || session.epoch != epoch) {
            session = new Session(epoch);
            sessions.put(broker, session);
        }
        return session;
    }

    private static final class Session {
        final long epoch;
        boolean heard;
        long deadlineMs = NEVER;
        long metadataOffset = -1;
        long shutdownOffset = -1;

        Session(long epoch) {
            this.epoch = epoch;
        }
    }
}
