package io.milena.raft.core;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * At most one request under way per peer, and a pause after a failure. An answer counts only if it answers the request that is
 * under way: a late one could append at the wrong place.
 */
final class PeerRequests {
    private final int timeoutMs;
    private final int backoffMs;
    private final Map<Integer, Entry> entries = new HashMap<>();

    private record Entry(@Nullable Request request, long untilMs) {}

    PeerRequests(int timeoutMs, int backoffMs) {
        this.timeoutMs = timeoutMs;
        this.backoffMs = backoffMs;
    }

    /** Whether the peer may be asked now. */
    boolean isReady(Peer peer, long nowMs) {
        Entry entry = entries.get(peer.id());
        return entry == null || nowMs >= entry.untilMs();
    }

    /** When the peer may be asked at the latest; {@code nowMs} if it is ready. */
    long readyAtMs(Peer peer, long nowMs) {
        Entry entry = entries.get(peer.id());
        return entry == null ? nowMs : Math.max(nowMs, entry.untilMs());
    }

    void sent(Peer peer, Request request, long nowMs) {
        entries.put(peer.id(), new Entry(request, nowMs + timeoutMs));
    }

    /** Takes the request off; false if it is not the one under way. */
    boolean answered(Peer peer, Request request) {
        Entry entry = entries.get(peer.id());
        if (entry == null || entry.request() == null || !entry.request().equals(request)) {
            return false;
        }
        entries.remove(peer.id());
        return true;
    }

    void backOff(Peer peer, long nowMs) {
        entries.put(peer.id(), new Entry(null, nowMs + backoffMs));
    }

    /** A new role asks new questions; answers to old ones no longer count. */
    void reset() {
        entries.clear();
    }
}
