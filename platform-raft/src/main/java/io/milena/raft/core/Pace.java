package io.milena.raft.core;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says when a peer may be asked, for each kind of request: the one owner of all time-outs, back-offs and periods of what this
 * replica sends.
 *
 * <pre>
 * sent         nothing else goes to that peer before the answer or the request time-out; that kind waits for its period
 * failed       that kind waits for the retry back-off, twice as long each time, up to the kind's longest pause
 * in vain      an answer that did not help: likewise, but the peer lives, so its answer may change soon
 * served       that kind may go on at once, or when its period is over
 * </pre>
 *
 * So a peer gets a bounded number of requests of one kind in any second, whatever it answers: no answer makes this replica send at
 * the speed of the network. A new role asks new questions and starts with a fresh pace.
 */
final class Pace {
    /** How many retry back-offs a peer rests at most that answers without helping. */
    private static final int LONGEST_VAIN_BACKOFFS = 8;

    /** A peer that does not answer is asked at least so often in a fetch time-out. */
    private static final int RETRIES_PER_FETCH_TIMEOUT = 8;

    private static final int MOST_DOUBLINGS = 16;

    private final int requestTimeoutMs;
    private final int retryBackoffMs;
    private final int fetchTimeoutMs;
    private final Map<Integer, PeerPace> peers = new HashMap<>();
    private int resets;

    Pace(int requestTimeoutMs, int retryBackoffMs, int fetchTimeoutMs) {
        this.requestTimeoutMs = requestTimeoutMs;
        this.retryBackoffMs = retryBackoffMs;
        this.fetchTimeoutMs = fetchTimeoutMs;
    }

    /** One peer: what is under way to it, and when each kind may go next. */
    private static final class PeerPace {
        private @Nullable Request underWay;
        private long sentMs;
        private long freeAtMs = Long.MIN_VALUE;
        private final Map<Request.Kind, KindPace> kinds = new HashMap<>();

        KindPace of(Request.Kind kind) {
            return kinds.computeIfAbsent(kind, any -> new KindPace());
        }
    }

    private static final class KindPace {
        private long notBeforeMs = Long.MIN_VALUE;
        private int failures;
    }

    // ---- asked before sending

    boolean maySend(Peer peer, Request.Kind kind, long nowMs) {
        return nextMs(peer, kind, nowMs) <= nowMs;
    }

    /** When the peer may be asked at the latest, if nothing happens before; {@code nowMs} if it may be now. */
    long nextMs(Peer peer, Request.Kind kind, long nowMs) {
        PeerPace pace = peers.get(peer.id());
        return pace == null ? nowMs : Math.max(nowMs, Math.max(pace.freeAtMs, pace.of(kind).notBeforeMs));
    }

    // ---- told what happened

    void sent(Peer peer, Request request, long nowMs) {
        PeerPace pace = of(peer);
        pace.underWay = request;
        pace.sentMs = nowMs;
        pace.freeAtMs = nowMs + requestTimeoutMs;
        pace.of(request.kind()).notBeforeMs = nowMs + periodMs(request.kind());
    }

    /**
     * Takes a request off whose outcome is known.
     *
     * @return false if it is not the one under way: a late answer must not count, it could append at the wrong place
     */
    boolean ended(Peer peer, Request request) {
        PeerPace pace = peers.get(peer.id());
        if (pace == null || !request.equals(pace.underWay)) {
            return false;
        }
        pace.underWay = null;
        pace.freeAtMs = Long.MIN_VALUE;
        return true;
    }

    /** The leader should have held the answer back: the same question waits for the retry back-off since it was asked. */
    private void servedNothing(Peer peer, Request.Kind kind) {
        PeerPace pace = of(peer);
        pace.of(kind).failures = 0;
        delay(peer, kind, pace.sentMs + retryBackoffMs);
    }

    /** There was no answer. */
    void failed(Peer peer, Request.Kind kind, long nowMs) {
        KindPace pace = of(peer).of(kind);
        if (periodMs(kind) > 0) {
            pace.notBeforeMs = Long.MIN_VALUE; // the peer did not get it: no need to wait for the whole period
        }
        int longestMs = periodMs(kind) > 0 ? periodMs(kind) : fetchTimeoutMs / RETRIES_PER_FETCH_TIMEOUT;
        backOff(peer, kind, longestMs, nowMs);
    }

    /** The peer is asked again after one retry back-off, however often it was before: the caller bounds how long. */
    void retrySoon(Peer peer, Request.Kind kind, long nowMs) {
        delay(peer, kind, nowMs + retryBackoffMs);
    }

    /** That kind is not sent before {@code untilMs}. */
    void delay(Peer peer, Request.Kind kind, long untilMs) {
        KindPace pace = of(peer).of(kind);
        pace.notBeforeMs = Math.max(pace.notBeforeMs, untilMs);
    }

    /** What an answer was good for. */
    enum Outcome {
        SERVED,
        NOTHING_NEW,
        IN_VAIN
    }

    /** Notes the outcome of a request, unless all was forgotten since {@link #resets()} was {@code atResets}. */
    void ended(Peer peer, Request.Kind kind, Outcome outcome, int atResets, long nowMs) {
        if (atResets != resets) {
            return;
        }
        switch (outcome) {
            case SERVED -> of(peer).of(kind).failures = 0;
            case NOTHING_NEW -> servedNothing(peer, kind);
            case IN_VAIN -> backOff(peer, kind, LONGEST_VAIN_BACKOFFS * retryBackoffMs, nowMs);
        }
    }

    int resets() {
        return resets;
    }

    /** Forgets all: answers to what was asked before no longer count. */
    void reset() {
        peers.clear();
        resets++;
    }

    /** How long at least from one request of a kind to the next, for those that answer nothing but are reminders. */
    int periodMs(Request.Kind kind) {
        return switch (kind) {
            case BEGIN_EPOCH -> fetchTimeoutMs / 2;
            case UPDATE_VOTER -> fetchTimeoutMs;
            case FETCH, FETCH_SNAPSHOT, VOTE, END_EPOCH -> 0;
        };
    }

    private void backOff(Peer peer, Request.Kind kind, int longestMs, long nowMs) {
        KindPace pace = of(peer).of(kind);
        long pauseMs = Math.min(longestMs, (long) retryBackoffMs << Math.min(pace.failures, MOST_DOUBLINGS));
        pace.failures++;
        delay(peer, kind, nowMs + Math.max(retryBackoffMs, pauseMs));
    }

    private PeerPace of(Peer peer) {
        return peers.computeIfAbsent(peer.id(), any -> new PeerPace());
    }
}
