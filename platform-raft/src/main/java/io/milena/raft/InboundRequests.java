package io.milena.raft;

import io.milena.raft.core.Effect;
import io.milena.raft.core.Event;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.rpc.RecordsBlock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/**
 * Requests of other nodes until they are answered, fetches that wait for something new among them. A fetch that may have become
 * worth answering goes through the core again, which knows whether this node still leads. Raft thread only.
 */
final class InboundRequests {
    /** Longer than most elections, and short enough to ask somebody else if this node is cut off from the new leader. */
    private static final long HOLD_MS = 100;

    private final RaftLog log;
    private final int largestAnswer;
    private final Consumer<Event> core;
    private final Map<Long, Consumer<Response>> waiting = new HashMap<>();
    private final ParkedFetches parked = new ParkedFetches();
    private final Map<Long, Request.Fetch> searching = new HashMap<>();
    private final Map<Long, Held> held = new HashMap<>();
    private @Nullable LastRead lastRead;
    private long nextTicket;

    private record LastRead(long offset, long endOffset, int maxBytes, MemoryRecords records) {}

    private record Held(Request.Fetch fetch, Response response, long deadlineMs) {}

    /**
     * @param largestAnswer most bytes of an answer, whatever is asked for
     * @param core takes the events
     */
    InboundRequests(RaftLog log, int largestAnswer, Consumer<Event> core) {
        this.log = log;
        this.largestAnswer = largestAnswer;
        this.core = core;
    }

    void receive(Request request, Consumer<Response> answer) {
        long ticket = nextTicket++;
        waiting.put(ticket, answer);
        if (request instanceof Request.Fetch fetch && !log.voters().contains(fetch.replica())) {
            searching.put(ticket, fetch);
        }
        core.accept(new Event.RequestReceived(ticket, request));
    }

    /**
     * Answers; but an observer that asks for the leader in the middle of an election learns it when it is known, which spares it
     * asking again and again.
     */
    void answerOrHold(long ticket, Response response, long nowMs) {
        Request.Fetch fetch = searching.get(ticket);
        boolean electing = response.header().error() == Errors.NOT_LEADER_OR_FOLLOWER
                || response.header().error() == Errors.FENCED_LEADER_EPOCH
                || response.header().error() == Errors.UNKNOWN_LEADER_EPOCH;
        boolean room = held.size() < ParkedFetches.MOST;
        if (fetch != null && electing && room && response.header().leader().isEmpty()) {
            Held before = held.get(ticket);
            long deadlineMs = before == null ? nowMs + Math.min(HOLD_MS, fetch.maxWaitMs()) : before.deadlineMs();
            if (nowMs < deadlineMs) {
                held.put(ticket, new Held(fetch, response, deadlineMs));
                return;
            }
        }
        answer(ticket, response);
    }

    void answer(long ticket, Response response) {
        searching.remove(ticket);
        held.remove(ticket);
        Consumer<Response> asker = waiting.remove(ticket);
        if (asker != null) {
            asker.accept(response);
        }
    }

    /** Answers a fetch that the core allowed, or parks it. */
    void serve(Effect.ServeFetch fetch, long nowMs) {
        if (fetch.request().maxWaitMs() == 0
                || parked.isFull()
                || isWorthAnswering(fetch.request(), fetch.highWatermark())) {
            reply(fetch);
        } else {
            parked.park(fetch, nowMs);
        }
    }

    /** Log or high watermark grew. */
    void wake(long highWatermark) {
        again(parked.take(each -> isWorthAnswering(each.fetch().request(), highWatermark)));
    }

    /** The leader changed: whoever waits must hear of it. What was read before may be truncated by now. */
    void wakeAll() {
        lastRead = null;
        again(parked.take(any -> true));
        new TreeMap<>(held).forEach((ticket, each) -> core.accept(new Event.RequestReceived(ticket, each.fetch())));
    }

    /** Answers those that have waited long enough. */
    void expire(long nowMs) {
        lastRead = null;
        parked.take(fetch -> nowMs >= fetch.deadlineMs()).forEach(this::reply);
        new TreeMap<>(held).forEach((ticket, each) -> {
            if (nowMs >= each.deadlineMs()) {
                answer(ticket, each.response());
            }
        });
    }

    long nextDeadlineMs() {
        long next = parked.nextDeadlineMs();
        for (Held each : held.values()) {
            next = Math.min(next, each.deadlineMs());
        }
        return next;
    }

    void forgetAll() {
        waiting.clear();
        searching.clear();
        held.clear();
    }

    private void again(List<Effect.ServeFetch> fetches) {
        for (Effect.ServeFetch fetch : fetches) {
            core.accept(new Event.RequestReceived(fetch.ticket(), fetch.request()));
        }
    }

    /** There are records, or (KIP-1166) the asker does not know yet how much is committed. */
    private boolean isWorthAnswering(Request.Fetch fetch, long highWatermark) {
        return log.endOffset() > fetch.offset()
                || (fetch.highWatermark() != Long.MAX_VALUE && highWatermark > fetch.highWatermark());
    }

    /** Everybody who waits does so at the log's end: one read, and one buffer, serves them all. */
    private MemoryRecords read(long offset, int wantedBytes) {
        int maxBytes = Math.max(1, Math.min(wantedBytes, largestAnswer));
        LastRead known = lastRead;
        if (known == null
                || known.offset() != offset
                || known.endOffset() != log.endOffset()
                || known.maxBytes() != maxBytes) {
            known = new LastRead(offset, log.endOffset(), maxBytes, log.read(offset, maxBytes, log.endOffset()));
            lastRead = known;
        }
        return known.records();
    }

    private void reply(Effect.ServeFetch fetch) {
        long offset = fetch.request().offset();
        MemoryRecords records =
                log.endOffset() > offset ? read(offset, fetch.request().limits().maxBytes()) : MemoryRecords.EMPTY;
        answer(
                fetch.ticket(),
                new Response.Fetch(
                        fetch.header(),
                        null,
                        null,
                        RecordsBlock.of(records),
                        fetch.highWatermark(),
                        log.startOffset()));
    }
}
