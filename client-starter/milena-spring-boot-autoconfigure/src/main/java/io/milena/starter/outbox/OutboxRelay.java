package io.milena.starter.outbox;

import io.milena.starter.event.EventCodec;
import io.milena.starter.outbox.OutboxEntry.Lane;
import io.milena.starter.trace.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Publishes what the outbox holds. A pass walks the waiting events from the oldest on, page by page; each page is one
 * transaction: lock, read, send, wait for the acknowledgements, remember, commit. The lock is a row lock, so of any number of
 * instances one is at work, and the next takes over the moment the database sees the first one's end.
 *
 * <p>While the broker is away everything waits. An event the broker refuses holds back the later events of its key, and no
 * others; it is tried again with growing pauses. A crash between acknowledgement and commit publishes a page again: same ids, same order.
 */
public final class OutboxRelay implements SmartLifecycle {

    /** Before the web server and the listeners: these stop first, and their last events still leave. */
    static final int PHASE = Integer.MAX_VALUE - 4_096;

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(15);
    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(1);
    private static final int PURGE_ROWS = 1_000;

    private final OutboxStore store;
    private final TransactionOperations transactions;
    private final Supplier<Producer<String, byte[]>> producers;
    private final EventCodec codec;
    private final OutboxProperties properties;
    private final Clock clock;
    private final CompletableFuture<?> brokerSeen;
    private final Tracing tracing;
    private final Semaphore wake = new Semaphore(0);
    private final Map<Lane, Pause> heldBack = new HashMap<>();

    private @Nullable Producer<String, byte[]> producer;
    private @Nullable Thread thread;
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean running;
    private boolean progressed;
    private long nextPurgeMs;
    private long lastReportNs = System.nanoTime() - REPORT_INTERVAL.toNanos();

    /** When a lane may be tried again, and how long it waited this time. */
    private record Pause(long untilMs, long lengthMs) {}

    /**
     * @param producers opens the relay's own producer (acks=all, idempotent)
     * @param brokerSeen completes when the broker answered for the first time; nothing is sent before
     */
    public OutboxRelay(
            JdbcOperations jdbc,
            TransactionOperations transactions,
            Supplier<Producer<String, byte[]>> producers,
            EventCodec codec,
            OutboxProperties properties,
            Clock clock,
            CompletableFuture<?> brokerSeen,
            Tracing tracing) {
        this.store = new OutboxStore(jdbc);
        this.transactions = transactions;
        this.producers = producers;
        this.codec = codec;
        this.properties = properties;
        this.clock = clock;
        this.brokerSeen = brokerSeen;
        this.tracing = tracing;
    }

    /** There is something to publish. From any thread, at no cost. */
    public void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    /** How many events wait, by a query. */
    public long pending() {
        return store.pending();
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        stopping = new CountDownLatch(1);
        Thread relay = new Thread(this::run, "milena-outbox");
        relay.setDaemon(true);
        thread = relay;
        brokerSeen.thenRun(relay::start);
    }

    /** Lets the page at hand finish. */
    @Override
    public synchronized void stop() {
        running = false;
        stopping.countDown();
        wake();
        Thread relay = thread;
        if (relay != null) {
            try {
                relay.join(properties.sendTimeout().toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private void run() {
        long pauseMs = 0;
        while (running) {
            try {
                store.createLock();
                while (running) {
                    Exception trouble = pass();
                    if (trouble == null) {
                        pauseMs = 0;
                        purge();
                        sleep(properties.pollInterval().toMillis());
                    } else {
                        pauseMs = longer(progressed ? 0 : pauseMs);
                        report(trouble, pauseMs);
                        pauseUnlessStopped(pauseMs);
                    }
                }
            } catch (InterruptedException e) {
                running = false;
            } catch (RuntimeException e) {
                pauseMs = longer(pauseMs);
                log.warn("Outbox relay failed and tries again in {} ms: {}", pauseMs, e.toString());
                log.debug("Outbox relay failed", e);
                pauseUnlessStopped(pauseMs);
            }
        }
        closeProducer();
    }

    /** One walk over everything that waits. Returns what stopped it, null if it came to the end. */
    private @Nullable Exception pass() {
        Set<Lane> skipped = lanesHeldBack();
        Exception trouble = null;
        progressed = false;
        long after = 0;
        while (running) {
            long from = after;
            Page page = transactions.execute(status -> publishPage(from, skipped));
            if (page == null || page.entries().isEmpty()) {
                return trouble;
            }
            after = page.entries().get(page.entries().size() - 1).id();
            progressed |= page.progressed();
            trouble = page.trouble() == null ? trouble : page.trouble();
            if (page.trouble() != null && !page.progressed()) {
                return trouble; // nothing got through: not one topic's trouble but the broker's
            }
        }
        return trouble;
    }

    private Set<Lane> lanesHeldBack() {
        long now = clock.millis();
        Set<Lane> lanes = new HashSet<>();
        heldBack.forEach((lane, pause) -> {
            if (pause.untilMs() > now) {
                lanes.add(lane);
            }
        });
        return lanes;
    }

    /** @param trouble a failure that time will cure, if there was one */
    private record Page(
            List<OutboxEntry> entries,
            boolean progressed,
            @Nullable Exception trouble) {
        static final Page NONE = new Page(List.of(), false, null);
    }

    private Page publishPage(long after, Set<Lane> skipped) {
        if (!store.tryLock()) {
            return Page.NONE; // another instance is at work
        }
        List<OutboxEntry> entries = store.page(after, properties.pageSize());
        List<OutboxEntry> due =
                entries.stream().filter(e -> !skipped.contains(e.lane())).toList();
        if (due.isEmpty()) {
            return new Page(entries, true, null);
        }
        PageSender.Outcome outcome = send(due);
        if (!outcome.sent().isEmpty()) {
            store.recordSent(outcome.sent(), !properties.retention().isZero(), clock.instant());
        }
        outcome.sent().forEach(event -> heldBack.remove(event.entry().lane()));
        Exception trouble = null;
        for (Map.Entry<Lane, Exception> failure : outcome.failures().entrySet()) {
            skipped.add(failure.getKey());
            if (ProducerFaults.passesByItself(failure.getValue())) {
                trouble = failure.getValue();
            } else {
                holdBack(failure.getKey(), failure.getValue());
            }
        }
        return new Page(entries, !outcome.sent().isEmpty(), trouble);
    }

    private PageSender.Outcome send(List<OutboxEntry> due) {
        Producer<String, byte[]> open = producer;
        if (open == null) {
            open = producers.get();
            producer = open;
        }
        try {
            PageSender.Outcome outcome = new PageSender(open, codec, properties.sendTimeout(), tracing).send(due);
            if (outcome.failures().values().stream().anyMatch(ProducerFaults::needsNewProducer)) {
                closeProducer();
            }
            return outcome;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while publishing", e);
        }
    }

    private void holdBack(Lane lane, Exception error) {
        Pause before = heldBack.get(lane);
        long lengthMs = longer(before == null ? 0 : before.lengthMs());
        heldBack.put(lane, new Pause(clock.millis() + lengthMs, lengthMs));
        if (before == null) {
            log.warn(
                    "Events for key '{}' of topic '{}' are held back, the first of them could not be published: {}",
                    lane.key(),
                    lane.topic(),
                    error.toString());
        }
    }

    private void report(Exception trouble, long pauseMs) {
        if (System.nanoTime() - lastReportNs > REPORT_INTERVAL.toNanos()) {
            lastReportNs = System.nanoTime();
            log.warn("Events wait in the outbox, next attempt in {} ms: {}", pauseMs, trouble.toString());
        }
    }

    private void purge() {
        if (properties.retention().isZero() || clock.millis() < nextPurgeMs) {
            return;
        }
        nextPurgeMs = clock.millis() + PURGE_INTERVAL.toMillis();
        int purged;
        do {
            purged = store.purgeSent(clock.instant().minus(properties.retention()), PURGE_ROWS);
        } while (running && purged == PURGE_ROWS);
    }

    private void closeProducer() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
            producer = null;
        }
    }

    private void sleep(long ms) throws InterruptedException {
        if (wake.tryAcquire(ms, TimeUnit.MILLISECONDS)) {
            wake.drainPermits();
        }
    }

    private void pauseUnlessStopped(long ms) {
        try {
            if (stopping.await(ms, TimeUnit.MILLISECONDS)) {
                running = false;
            }
        } catch (InterruptedException e) {
            running = false;
        }
    }

    private static long longer(long pauseMs) {
        return Math.min(LONGEST_PAUSE.toMillis(), Math.max(100, pauseMs * 2));
    }
}
