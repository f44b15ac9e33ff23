package io.milena.demo.load;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Threads that place orders and call some off. Each takes the next order when it is free, waits until that is due, and asks again and again,
 * under the same id and Idempotency-Key, until there is an answer or its patience is at its end.
 */
final class Customers {

    private static final long FIRST_PAUSE_MS = 50;
    private static final long LONGEST_PAUSE_MS = 1_000;

    private final Shop shop;
    private final OrderSource source;
    private final Pace pace;
    private final long durationNs;
    private final Duration patience;
    private final Tally tally;
    private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX) + "-";
    private final AtomicLong next = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private volatile long beginNs;
    private volatile boolean stopped;

    /** @param duration after which nothing new is asked for; null for no end */
    Customers(Shop shop, OrderSource source, Pace pace, @Nullable Duration duration, Duration patience, Tally tally) {
        this.shop = shop;
        this.source = source;
        this.pace = pace;
        this.durationNs = duration == null ? Long.MAX_VALUE : duration.toNanos();
        this.patience = patience;
        this.tally = tally;
    }

    /** @param count how many at once: as many requests are on their way at most */
    void start(int count) {
        beginNs = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(this::live, "customer-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** Microseconds since the run began. */
    long nowUs() {
        return (System.nanoTime() - beginNs) / 1_000;
    }

    boolean atWork() {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /** Nothing new is asked for; what is on its way ends. */
    void stop() {
        stopped = true;
    }

    private void live() {
        while (!stopped) {
            long number = next.getAndIncrement();
            if (number >= source.count()) {
                return;
            }
            long dueNs = pace.dueNs(number, System.nanoTime() - beginNs);
            if (dueNs >= durationNs || !sleepUntil(beginNs + dueNs)) {
                return;
            }
            OrderSource.Wish wish = source.order(number, dueNs / 1_000);
            if (place(wish, beginNs + dueNs) && wish.cancelAfterMs() != null) {
                pause(wish.cancelAfterMs());
                cancel(wish.orderId());
            }
        }
    }

    private boolean place(OrderSource.Wish wish, long dueNs) {
        int[] attempts = {0};
        ServiceClient.Answer answer =
                ask("order " + wish.orderId(), attempts, () -> shop.placeOrder(wish.json(), run + wish.orderId()));
        if (answer == null) {
            return false;
        }
        if (!answer.ok()) {
            tally.refused("order " + wish.orderId() + " was refused with " + answer.status() + ": " + answer.body());
            return false;
        }
        tally.accepted(System.nanoTime() - dueNs);
        if (answer.status() == 200 && attempts[0] == 1) {
            tally.known();
        } else {
            notePlacedAt(answer.body());
        }
        return true;
    }

    private void notePlacedAt(JsonNode order) {
        JsonNode placedAt = order.get("placedAt");
        if (placedAt != null && placedAt.isString()) {
            try {
                tally.placedAt(Instant.parse(placedAt.stringValue()));
            } catch (DateTimeParseException unknownShape) {
                // then the service's own times are not told
            }
        }
    }

    private void cancel(String orderId) {
        ServiceClient.Answer answer = ask("cancelling " + orderId, new int[1], () -> shop.cancelOrder(orderId));
        if (answer == null) {
            return;
        }
        if (answer.ok() || answer.status() == 409) {
            tally.cancelled(answer.ok());
        } else {
            tally.refused("cancelling " + orderId + " was refused with " + answer.status() + ": " + answer.body());
        }
    }

    /** The final answer, null if there was none in time. */
    private ServiceClient.@Nullable Answer ask(String what, int[] attempts, Supplier<ServiceClient.Answer> request) {
        long endNs = System.nanoTime() + patience.toNanos();
        long pauseMs = FIRST_PAUSE_MS;
        while (true) {
            String trouble;
            attempts[0]++;
            try {
                ServiceClient.Answer answer = request.get();
                if (!answer.isTransient()) {
                    return answer;
                }
                trouble = answer.status() + ": " + answer.body();
            } catch (UnreachableException e) {
                trouble = String.valueOf(e.getMessage());
            }
            if (System.nanoTime() > endNs) {
                tally.givenUp(what + " had no answer in " + patience.toSeconds() + " s: " + trouble);
                return null;
            }
            tally.retried();
            pause(ThreadLocalRandom.current().nextLong(pauseMs / 2, pauseMs + 1));
            pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
        }
    }

    private boolean sleepUntil(long ns) {
        long left;
        while ((left = ns - System.nanoTime()) > 0) {
            if (stopped) {
                return false;
            }
            pause(Math.min(100, Math.max(1, TimeUnit.NANOSECONDS.toMillis(left))));
        }
        return true;
    }

    private void pause(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
    }
}
