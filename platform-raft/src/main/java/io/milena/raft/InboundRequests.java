package io.milena.raft;

import io.milena.raft.core.Effect;
import io.milena.raft.core.Event;
import io.milena.raft.core.Request;
import io.milena.raft.core.Response;
import io.milena.raft.rpc.RecordsBlock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Requests of other nodes until they are answered, fetches that wait for something new among them. A fetch that may have become
 * worth answering goes through the core again, which knows whether this node still leads. Raft thread only.
 */
final class InboundRequests {
    private final RaftLog log;
    private final int fetchMaxBytes;
    private final Consumer<Event> core;
    private final Map<Long, Consumer<Response>> waiting = new HashMap<>();
    private final ParkedFetches parked = new ParkedFetches();
    private long nextTicket;

    /** @param core takes the events */
    InboundRequests(RaftLog log, int fetchMaxBytes, Consumer<Event> core) {
        this.log = log;
        this.fetchMaxBytes = fetchMaxBytes;
        this.core = core;
    }

    void receive(Request request, Consumer<Response> answer) {
        long ticket = nextTicket++;
        waiting.put(ticket, answer);
        core.accept(new Event.RequestReceived(ticket, request));
    }

    void answer(long ticket, Response response) {
        Consumer<Response> asker = waiting.remove(ticket);
        if (asker != null) {
            asker.accept(response);
        }
    }

    /** Answers a fetch that the core allowed, or parks it. */
    void serve(Effect.ServeFetch fetch, long nowMs) {
        if (fetch.request().maxWaitMs() == 0 || isWorthAnswering(fetch.request(), fetch.highWatermark())) {
            reply(fetch);
        } else {
            parked.park(fetch, nowMs);
        }
    }

    /** Log or high watermark grew. */
    void wake(long highWatermark) {
        again(parked.take(each -> isWorthAnswering(each.fetch().request(), highWatermark)));
    }

    /** The leader changed: whoever waits must hear of it. */
    void wakeAll() {
        again(parked.take(any -> true));
    }

    /** Answers those that have waited long enough. */
    void expire(long nowMs) {
        parked.take(fetch -> nowMs >= fetch.deadlineMs()).forEach(this::reply);
    }

    long nextDeadlineMs() {
        return parked.nextDeadlineMs();
    }

    void forgetAll() {
        waiting.clear();
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

    private void reply(Effect.ServeFetch fetch) {
        long offset = fetch.request().offset();
        MemoryRecords records =
                log.endOffset() > offset ? log.read(offset, fetchMaxBytes, log.endOffset()) : MemoryRecords.EMPTY;
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
