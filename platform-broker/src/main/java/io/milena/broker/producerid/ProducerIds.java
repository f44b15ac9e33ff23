package io.milena.broker.producerid;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives away producer ids, each once. Takes them from a block of the controller's, and asks for the next block when 90 % of
 * this one are gone, so that nobody waits. Any thread; nothing blocks.
 */
public final class ProducerIds {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerIds.class);

    private final ProducerIdBlockSource source;
    private final Queue<CompletableFuture<Long>> waiting = new ArrayDeque<>();
    private @Nullable ProducerIdBlock next;
    private boolean asked;
    private long nextId;
    private long endId;
    private long askAtId;

    public ProducerIds(ProducerIdBlockSource source) {
        this.source = source;
    }

    /**
     * The next id. Complete at once unless a block has to be waited for; fails with a retriable
     * {@link CoordinatorLoadInProgressException} if the controller gives none.
     */
    public CompletableFuture<Long> take() {
        CompletableFuture<Long> future = new CompletableFuture<>();
        boolean ask;
        long id = -1;
        synchronized (this) {
            if (available()) {
                id = nextId++;
            } else {
                waiting.add(future);
            }
            ask = shouldAsk();
        }
        if (id >= 0) {
            future.complete(id);
        }
        if (ask) {
            ask();
        }
        return future;
    }

    private boolean available() {
        ProducerIdBlock block = next;
        if (nextId == endId && block != null) {
            next = null;
            nextId = block.first();
            endId = block.end();
            askAtId = endId - Math.max(1, block.size() / 10);
        }
        return nextId < endId;
    }

    private boolean shouldAsk() {
        if (asked || next != null || (nextId < askAtId && waiting.isEmpty())) {
            return false;
        }
        asked = true;
        return true;
    }

    private void ask() {
        CompletableFuture<ProducerIdBlock> answer;
        try {
            answer = source.next();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((block, error) -> {
            if (error != null) {
                refused(error);
            } else {
                received(block);
            }
        });
    }

    private void received(ProducerIdBlock block) {
        List<CompletableFuture<Long>> served = new ArrayList<>();
        long first;
        boolean ask;
        synchronized (this) {
            asked = false;
            next = block;
            first = -1;
            while (!waiting.isEmpty() && available()) {
                first = first < 0 ? nextId : first;
                nextId++;
                served.add(waiting.remove());
            }
            ask = shouldAsk();
        }
        for (int i = 0; i < served.size(); i++) {
            served.get(i).complete(first + i);
        }
        if (ask) {
            ask();
        }
    }

    private void refused(Throwable error) {
        List<CompletableFuture<Long>> unserved;
        synchronized (this) {
            asked = false;
            unserved = new ArrayList<>(waiting);
            waiting.clear();
        }
        if (unserved.isEmpty()) {
            LOG.debug("The controller gave no block of producer ids; asking again with the next producer", error);
            return;
        }
        LOG.warn("The controller gave no block of producer ids: {}", error.toString());
        CoordinatorLoadInProgressException retriable =
                new CoordinatorLoadInProgressException("No producer ids from the controller yet; retry.");
        unserved.forEach(future -> future.completeExceptionally(retriable));
    }
}
