package io.milena.starter.outbox;

import io.milena.starter.event.EventCodec;
import io.milena.starter.outbox.OutboxEntry.Lane;
import io.milena.starter.trace.Tracing;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
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
 * others; it is tried again with growing pauses. So does a topic that does not answer while others do. A crash between acknowledgement and commit publishes a page again: same ids, same order.
 */
public final class OutboxRelay implements SmartLifecycle {

    /** Before the web server and the listeners: these stop first, and their last events still leave. */
    static final int PHASE = Integer.MAX_VALUE - 4_096;

    private static final Logger log = LoggerFactory.getLogger(OutboxRelay.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE_OF_A_TOPIC = Duration.ofSeconds(30);
    private static final long PAGE_CHARACTERS = 4_000_000;
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(15);
    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(1);
    private static final Duration LONGEST_PURGE = Duration.ofMillis(200);
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
    private final HeldBack<Lane> lanes;
    private final HeldBack<String> topics;
    private final Backlog backlog;

    private @Nullable Producer<String, byte[]> producer;
    private volatile @Nullable Thread thread;
    private volatile CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean running;
    private boolean progressed;
    private long nextPurgeMs;
    private long lastReportNs = System.nanoTime() - REPORT_INTERVAL.toNanos();

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
        this.lanes = new HeldBack<>(clock, LONGEST_PAUSE.toMillis());
        this.topics = new HeldBack<>(clock, LONGEST_PAUSE_OF_A_TOPIC.toMillis());
        this.backlog = new Backlog(store::pending);
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

    /** As {@link #pending}, a little late, but however long the backlog is, it may be asked often. */
    public long backlog() {
        return backlog.size();
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

    /** Whether it is for this thread to go on, and not for one that was started after it. */
    private boolean isAtWork() {
        return running && thread == Thread.currentThread();
    }

    private void run() {
        long pauseMs = 0;
        while (isAtWork()) {
            try {
                store.createLock();
                while (isAtWork()) {
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

    /**
     * One walk over everything that waits when it begins. Returns what stopped it, null if it came to the end. What is appended meanwhile is
     * for the next walk: an event of the same key with a lower id may have committed behind this one's back.
     */
    private @Nullable Exception pass() {
        long last = store.lastId();
        Skipped skipped = new Skipped(lanes.now(), topics.now(), new HashMap<>());
        Exception trouble = null;
        progressed = false;
        long after = 0;
        while (after < last && isAtWork()) {
            long from = after;
            Page page = transactions.execute(status -> publishPage(from, last, skipped));
            if (page == null || page.entries().isEmpty()) {
                break;
            }
            after = page.entries().get(page.entries().size() - 1).id();
            progressed |= page.progressed();
            trouble = page.trouble() == null ? trouble : page.trouble();
            if (page.trouble() != null && !page.progressed()) {
                break; // nothing got through: the broker's trouble
            }
        }
        if (skipped.stalled().isEmpty()) {
            return trouble;
        }
        if (progressed) { // those topics' trouble, nobody else's
            skipped.stalled().forEach(this::holdBack);
            return trouble;
        }
        return skipped.stalled().values().iterator().next();
    }

    /**
     * What this walk passes by.
     *
     * @param stalled topics that did not take a record within the time, with the reason; among {@code topics} too
     */
    private record Skipped(Set<Lane> lanes, Set<String> topics, Map<String, Exception> stalled) {}

    /** @param trouble a failure of the broker that time will cure, if there was one */
    private record Page(
            List<OutboxEntry> entries,
            boolean progressed,
            @Nullable Exception trouble) {
        static final Page NONE = new Page(List.of(), false, null);
    }

    private Page publishPage(long after, long last, Skipped skipped) {
        if (!store.tryLock(properties.sendTimeout().multipliedBy(3))) {
            return Page.NONE; // another instance is at work
        }
        List<OutboxEntry> entries = store.page(after, last, properties.pageSize(), PAGE_CHARACTERS, skipped.topics());
        List<OutboxEntry> due = entries.stream()
                .filter(entry -> !skipped.lanes().contains(entry.lane()))
                .toList();
        if (due.isEmpty()) {
            return new Page(entries, true, null);
        }
        PageSender.Outcome outcome = send(due);
        if (!outcome.sent().isEmpty()) {
            store.recordSent(outcome.sent(), !properties.retention().isZero(), clock.instant());
        }
        outcome.sent().forEach(event -> {
            lanes.release(event.entry().lane());
            topics.release(event.entry().topic());
        });
        return new Page(entries, !outcome.sent().isEmpty(), troubleOf(outcome, skipped));
    }

    private @Nullable Exception troubleOf(PageSender.Outcome outcome, Skipped skipped) {
        Exception trouble = null;
        for (Map.Entry<Lane, Exception> failure : outcome.failures().entrySet()) {
            Lane lane = failure.getKey();
            Exception error = failure.getValue();
            skipped.lanes().add(lane);
            if (error instanceof TimeoutException) {
                skipped.topics().add(lane.topic());
                skipped.stalled().put(lane.topic(), error);
            } else if (ProducerFaults.passesByItself(error)) {
                trouble = error;
            } else {
                holdBack(lane, error);
            }
        }
        return trouble;
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
        if (lanes.hold(lane)) {
            log.warn(
                    "Events for key '{}' of topic '{}' are held back, the first of them could not be published: {}{}",
                    lane.key(),
                    lane.topic(),
                    error.toString(),
                    ProducerFaults.advice(error));
        }
    }

    private void holdBack(String topic, Exception error) {
        if (topics.hold(topic)) {
            log.warn(
                    "Events for topic '{}' are held back, others go on: {}{}",
                    topic,
                    error.toString(),
                    ProducerFaults.advice(error));
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
        long endNs = System.nanoTime() + LONGEST_PURGE.toNanos();
        int purged;
        do {
            purged = store.purgeSent(clock.instant().minus(properties.retention()), PURGE_ROWS);
        } while (running && purged == PURGE_ROWS && System.nanoTime() < endNs);
        if (purged < PURGE_ROWS) { // else goes on after the next pass: what waits comes first
            nextPurgeMs = clock.millis() + PURGE_INTERVAL.toMillis();
        }
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
