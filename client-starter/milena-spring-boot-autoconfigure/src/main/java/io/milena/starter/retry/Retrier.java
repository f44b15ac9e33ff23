package io.milena.starter.retry;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.support.KafkaUtils;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Tries parked events again when they are due, whichever instance parked them: claim, then in one transaction handle and take out of the
 * queue. What is beyond its budget goes to the dead letters, and the next event of its key is due. Works for running listeners only.
 */
public final class Retrier implements SmartLifecycle {

    /** Stopped before the listeners. */
    static final int PHASE = Integer.MAX_VALUE - 75;

    private static final Logger log = LoggerFactory.getLogger(Retrier.class);
    private static final int PAGE = 50;
    private static final Duration WHILE_OTHERS_WORK = Duration.ofMillis(50);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Duration LONGEST_STOP = Duration.ofSeconds(25);

    private final ParkedEvents parked;
    private final Supplier<Map<Subscription, RecordHandler>> handlers;
    private final GivenUp givenUp;
    private final UnwrittenLetters unwritten;
    private final TransactionOperations transactions;
    private final RetryPolicy policy;
    private final int concurrency;
    private final Duration pollInterval;
    private final MeterRegistry meters;
    private final Clock clock;

    private final List<Thread> threads = new ArrayList<>();
    private final Object signal = new Object();
    private long signals;
    private volatile boolean running;

    /**
     * @param handlers of the listeners that run at this moment
     * @param givenUp takes what is beyond its budget
     * @param unwritten told when it does not
     * @param concurrency events tried at the same time
     * @param pollInterval how soon events parked by other instances are seen
     */
    public Retrier(
            ParkedEvents parked,
            Supplier<Map<Subscription, RecordHandler>> handlers,
            GivenUp givenUp,
            UnwrittenLetters unwritten,
            TransactionOperations transactions,
            RetryPolicy policy,
            int concurrency,
            Duration pollInterval,
            MeterRegistry meters,
            Clock clock) {
        this.parked = parked;
        this.handlers = handlers;
        this.givenUp = givenUp;
        this.unwritten = unwritten;
        this.transactions = transactions;
        this.policy = policy;
        this.concurrency = concurrency;
        this.pollInterval = pollInterval;
        this.meters = meters;
        this.clock = clock;
    }

    /** An event was parked or is due. From any thread. */
    public void wake() {
        synchronized (signal) {
            signals++;
            signal.notifyAll();
        }
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        for (int i = 1; i <= concurrency; i++) {
            Thread thread = new Thread(this::run, "milena-retry-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Lets the attempts at hand finish. */
    @Override
    public synchronized void stop() {
        running = false;
        wake();
        long deadlineNs = System.nanoTime() + LONGEST_STOP.toNanos();
        try {
            for (Thread thread : threads) {
                thread.join(Math.max(1, (deadlineNs - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.clear();
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
        boolean trouble = false;
        while (running) {
            long seen = signals();
            try {
                Duration pause = pass();
                trouble = false;
                await(seen, pause);
            } catch (InterruptedException e) {
                return;
            } catch (Exception | Error e) { // this thread has nobody to turn to
                if (!trouble) {
                    log.warn("Parked events wait, the retrier goes on in a second: {}", e.toString());
                    log.debug("Retrier failed", e);
                }
                trouble = true;
                pauseAfterTrouble();
            }
        }
    }

    /** Works through what is due; returns how long there is nothing to do. */
    private Duration pass() {
        Map<Subscription, RecordHandler> running = handlers.get();
        if (running.isEmpty()) {
            return pollInterval;
        }
        boolean worked = false;
        List<ParkedEvents.Due> page = parked.due(running.keySet(), PAGE);
        if (page.isEmpty()) {
            return pollInterval;
        }
        for (ParkedEvents.Due due : page) {
            Duration wait = Duration.between(clock.instant(), due.at());
            if (!this.running || wait.compareTo(Duration.ZERO) > 0) {
                return worked ? Duration.ZERO : shorter(wait, pollInterval);
            }
            ParkedEvent event = parked.claim(due.id());
            RecordHandler handler = event == null ? null : running.get(event.subscription());
            if (event != null && handler != null) {
                proceed(event, handler);
                worked = true;
            }
        }
        return worked ? Duration.ZERO : shorter(WHILE_OTHERS_WORK, pollInterval);
    }

    private void proceed(ParkedEvent event, RecordHandler handler) {
        if (event.givenUp()) {
            giveUp(event);
            return;
        }
        KafkaUtils.setConsumerGroupId(event.consumer());
        try {
            RetriedRecord record =
                    new RetriedRecord(event.record(), event.attempts() + 1, work -> takeOut(event, work));
            handler.handle(record);
            if (!record.isTaken()) {
                transactions.executeWithoutResult(status -> takeOut(event, () -> {}));
            }
            count(event, "handled");
            log.debug("Event {} was handled at attempt {}", event.name(), event.attempts() + 1);
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (RuntimeException | Error e) {
            failed(event, e);
        } finally {
            KafkaUtils.clearConsumerGroupId();
        }
    }

    /** False if another instance has it or had it. */
    private boolean takeOut(ParkedEvent event, Runnable work) {
        boolean mine = parked.hold(event);
        if (mine) {
            work.run();
            parked.remove(event);
        }
        return mine;
    }

    private void failed(ParkedEvent event, Throwable error) {
        Failure failure = parked.failure(error);
        if (failure.kind() == Failure.Kind.DATABASE_AWAY) {
            throw error instanceof RuntimeException e ? e : new IllegalStateException(error);
        }
        count(event, "failed");
        log.debug("Event {} failed again", event.name(), error);
        if (!policy.counts(failure, event.contentions())) {
            parked.postponeContended(event, failure);
            return;
        }
        boolean last = failure.kind() == Failure.Kind.UNREADABLE || policy.isSpent(event.attempts() + 1);
        ParkedEvent next = event.failed(failure, last);
        parked.update(next);
        if (last) {
            giveUp(next);
        }
    }

    private void giveUp(ParkedEvent event) {
        String topic = event.record().topic();
        if (!unwritten.mayTry(topic)) {
            parked.postpone(event, policy.maxInterval(), event.failure());
            return;
        }
        try {
            if (!Boolean.TRUE.equals(transactions.execute(status -> takeOut(event, () -> givenUp.accept(event))))) {
                return;
            }
            unwritten.written(topic);
            count(event, "given-up");
            log.warn(
                    "Event {} went to the dead letters after {} attempts: {}",
                    event.name(),
                    event.attempts(),
                    reason(event));
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            if (failure.kind() == Failure.Kind.DATABASE_AWAY) {
                throw e;
            }
            parked.postpone(event, policy.maxInterval(), event.failure());
            String problem = e instanceof KafkaException ? String.valueOf(e.getMessage()) : failure.reason();
            if (unwritten.failed(topic, problem)) {
                log.warn(
                        "Event {} stays parked and its key waits, as does all of {} that is given up: {}",
                        event.name(),
                        topic,
                        problem);
            }
        }
    }

    private static @Nullable String reason(ParkedEvent event) {
        return event.failure() == null ? null : event.failure().reason();
    }

    private void count(ParkedEvent event, String outcome) {
        meters.counter(
                        "milena.retries",
                        "group",
                        event.consumer(),
                        "topic",
                        event.record().topic(),
                        "outcome",
                        outcome)
                .increment();
    }

    private long signals() {
        synchronized (signal) {
            return signals;
        }
    }

    private void await(long seen, Duration pause) throws InterruptedException {
        long deadlineNs = System.nanoTime() + pause.toNanos();
        synchronized (signal) {
            long leftMs;
            while (running && signals == seen && (leftMs = (deadlineNs - System.nanoTime()) / 1_000_000) > 0) {
                signal.wait(leftMs);
            }
        }
    }

    private void pauseAfterTrouble() {
        try {
            synchronized (signal) {
                if (running) {
                    signal.wait(AFTER_TROUBLE.toMillis());
                }
            }
        } catch (InterruptedException e) {
            running = false;
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
