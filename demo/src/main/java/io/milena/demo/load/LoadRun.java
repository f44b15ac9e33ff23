package io.milena.demo.load;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Puts products on sale, lets customers place orders at a pace, waits until every order is at its end, draws up the table. */
public final class LoadRun {

    /** How long nothing may move before we stop waiting. */
    private static final Duration STANDSTILL = Duration.ofSeconds(60);

    private static final long LOOK_MS = 100;

    private final Shop shop;
    private final OrderSource source;
    private final Settings settings;
    private final PrintStream out;
    private final Tally tally = new Tally();
    private final Progress progress;
    private volatile @Nullable Customers customers;
    private long othersEnded;
    private long others;

    /**
     * How to run.
     *
     * @param customers how many requests are on their way at most
     * @param duration after which no further order is placed; null for no end but that of the orders
     * @param patience how long a customer tries to get an answer
     * @param bootstrapServers where the topic orders is watched; null to do without
     * @param terminal whether progress may be shown on a line that changes
     */
    public record Settings(
            Pace pace,
            int customers,
            @Nullable Duration duration,
            Duration patience,
            @Nullable String bootstrapServers,
            boolean terminal) {}

    public LoadRun(Shop shop, OrderSource source, Settings settings, PrintStream out) {
        this.shop = shop;
        this.source = source;
        this.settings = settings;
        this.out = out;
        this.progress =
                new Progress(out, settings.terminal(), settings.duration() == null ? source.count() : Long.MAX_VALUE);
    }

    /** Puts the products on sale; those that are so already stay as they are. */
    public void sell() {
        for (SampleProduct product : source.products()) {
            ServiceClient.Answer answer = persistently(() -> shop.addProduct(product.json()));
            if (!answer.ok()) {
                throw new UsageException("product " + product.sku() + " was refused: " + answer.body());
            }
        }
    }

    /** Orders that name products nobody sells will be rejected; better said before. */
    public void warnOfUnknownProducts(List<SampleOrder> orders) {
        Set<String> sold = persistently(shop::stock).keySet();
        Set<String> unknown = new HashSet<>();
        String example = "";
        int affected = 0;
        for (SampleOrder order : orders) {
            List<String> missing =
                    order.skus().stream().filter(sku -> !sold.contains(sku)).toList();
            if (!missing.isEmpty()) {
                affected++;
                unknown.addAll(missing);
                example = example.isEmpty() ? "order " + order.orderId() + " wants " + missing.get(0) : example;
            }
        }
        if (affected > 0) {
            out.println("  Note: " + affected + " orders name " + unknown.size()
                    + " products that are not on sale and will be rejected (" + example
                    + "; --products FILE sells others)");
        }
    }

    /** From the first order to the table. Services that are away for a while are waited for. */
    public ClosingTable run() {
        return run(() -> {});
    }

    /**
     * The same.
     *
     * @param allPlaced called once, when the last order has been placed
     */
    public ClosingTable run(Runnable allPlaced) {
        Map<String, Shop.Stock> stockBefore = persistently(shop::stock);
        Map<String, Long> shippedBefore = persistently(shop::unitsShipped);
        Map<String, Long> statesBefore = persistently(shop::orders);
        others = ClosingTable.sum(statesBefore);
        othersEnded = ClosingTable.ended(statesBefore);
        Customers crowd = new Customers(shop, source, settings.pace(), settings.duration(), settings.patience(), tally);
        customers = crowd;
        long startNs = System.nanoTime();
        String bootstrapServers = settings.bootstrapServers();
        try (ShippedWatch watch =
                bootstrapServers == null ? null : ShippedWatch.start(bootstrapServers, source, crowd::nowUs)) {
            crowd.start(settings.customers());
            double seconds = awaitEnds(crowd, startNs, allPlaced);
            progress.end();
            return table(seconds, stockBefore, shippedBefore, watch);
        }
    }

    /** No further order is placed; {@link #run} comes to its end. From any thread. */
    public void stop() {
        Customers crowd = customers;
        if (crowd != null) {
            crowd.stop();
        }
    }

    /** How many orders were taken so far. From any thread. */
    public long placed() {
        return tally.figures().accepted();
    }

    /** Returns the seconds it took; gives up when nothing has moved for a minute. */
    private double awaitEnds(Customers crowd, long startNs, Runnable allPlaced) {
        awaitPlaced(crowd);
        allPlaced.run();
        double seconds = 0;
        String before = "";
        long movedNs = System.nanoTime();
        while (System.nanoTime() - movedNs < STANDSTILL.toNanos()) {
            try {
                Map<String, Long> states = shop.orders();
                progress.show(tally, Math.max(0, ClosingTable.ended(states) - othersEnded));
                if (ClosingTable.ended(states) == ClosingTable.sum(states)) {
                    seconds = seconds == 0 ? (System.nanoTime() - startNs) / 1e9 : seconds;
                    if (isQuiet(states)) {
                        return seconds;
                    }
                }
                String now = states + " " + shop.shipments();
                if (!now.equals(before)) {
                    before = now;
                    movedNs = System.nanoTime();
                }
            } catch (UnreachableException away) {
                progress.show(tally, -1);
            }
            pause();
        }
        return (System.nanoTime() - startNs) / 1e9;
    }

    private void awaitPlaced(Customers crowd) {
        while (crowd.atWork()) {
            try {
                progress.show(tally, Math.max(0, ClosingTable.ended(shop.orders()) - othersEnded));
            } catch (UnreachableException away) {
                progress.show(tally, -1);
            }
            pause();
        }
    }

    /** Nothing on its way any more: parcels gone, stock booked, outboxes empty, nothing to be tried again, listeners at the end of their topics. */
    private boolean isQuiet(Map<String, Long> states) {
        return shop.outboxes() == 0
                && shop.parked() == 0
                && ClosingTable.left(shop.shipments()) == states.getOrDefault("SHIPPED", 0L)
                && shop.stock().values().stream().allMatch(stock -> stock.reserved() == 0)
                && shop.lag().values().stream().allMatch(lag -> lag == 0);
    }

    private ClosingTable table(
            double seconds,
            Map<String, Shop.Stock> stockBefore,
            Map<String, Long> shippedBefore,
            @Nullable ShippedWatch watch) {
        Tally.Figures figures = tally.figures();
        Shipped shipped = persistently(this::shipped);
        Map<String, Latency> latencies = new LinkedHashMap<>();
        latencies.put("REST", tally.answers());
        if (watch != null) {
            latencies.put("to shipped", watch.latency());
        }
        latencies.put("in service", shipped.inService().soFar());
        Map<String, Long> states = persistently(shop::orders);
        Map<String, Long> shipments = persistently(shop::shipments);
        Map<String, Long> lag = persistently(shop::lag);
        Map<String, ClosingTable.StockLine> stock =
                ClosingTable.stockLines(stockBefore, shippedBefore, persistently(shop::stock), shipped.units());
        List<String> problems = new ArrayList<>(
                ClosingTable.problems(others + figures.accepted() - figures.known(), states, shipments, stock, lag));
        if (figures.refused() + figures.givenUp() > 0) {
            problems.add(figures.refused() + " requests were refused and " + figures.givenUp()
                    + " given up; the first: " + figures.complaint());
        }
        return new ClosingTable(figures, states, shipments, stock, shop.events(), lag, seconds, latencies, problems);
    }

    /**
     * All shipped orders.
     *
     * @param units by product
     * @param inService how long those of this run took from placed to shipped, by the order service's own clock
     */
    private record Shipped(Map<String, Long> units, Latencies inService) {}

    private Shipped shipped() {
        Shipped shipped = new Shipped(new TreeMap<>(), new Latencies());
        shop.forEachShipped(order -> {
            Shop.addUnits(order, shipped.units());
            noteTime(order, shipped.inService());
        });
        return shipped;
    }

    private void noteTime(JsonNode order, Latencies latencies) {
        JsonNode placed = order.get("placedAt");
        JsonNode updated = order.get("updatedAt");
        if (placed == null || updated == null) {
            return;
        }
        Instant begin = Instant.parse(placed.stringValue());
        if (begin.toEpochMilli() >= tally.firstPlacedMs()) {
            latencies.record(Duration.between(begin, Instant.parse(updated.stringValue()))
                    .toNanos());
        }
    }

    /** Asks until there is an answer; a service may be away for a while. */
    private <T> T persistently(Supplier<T> question) {
        long endNs = System.nanoTime() + settings.patience().toNanos();
        while (true) {
            try {
                return question.get();
            } catch (UnreachableException e) {
                if (System.nanoTime() > endNs) {
                    throw e;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
