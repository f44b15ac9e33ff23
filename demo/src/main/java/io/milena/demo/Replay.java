package io.milena.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Puts products on sale, places orders in the order of their file, and waits until every one is at its end. */
final class Replay {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Shop shop;
    private final PrintStream out;
    private final boolean terminal;

    Replay(Shop shop, PrintStream out, boolean terminal) {
        this.shop = shop;
        this.out = out;
        this.terminal = terminal;
    }

    void sell(List<SampleProduct> products) {
        for (SampleProduct product : products) {
            ServiceClient.Answer answer = shop.addProduct(product.json());
            if (!answer.ok()) {
                throw new UsageException("product " + product.sku() + " was refused: " + answer.body());
            }
        }
    }

    /** Orders that name products nobody sells will be rejected; better said before. */
    void warnOfUnknownProducts(List<SampleOrder> orders) {
        Set<String> sold = shop.stock().keySet();
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

    ClosingTable run(List<SampleOrder> orders) {
        Map<String, Shop.Stock> stockBefore = shop.stock();
        Map<String, Long> shippedBefore = shop.unitsShipped();
        long othersBefore = sum(shop.orders());
        ProgressBar bar = new ProgressBar(out, terminal, orders.size());
        long startNs = System.nanoTime();
        long placed = 0;
        long found = 0;
        for (SampleOrder order : orders) {
            ServiceClient.Answer answer = shop.placeOrder(order.json());
            if (!answer.ok()) {
                bar.end();
                throw new UsageException("order " + order.orderId() + " was refused: " + answer.body());
            }
            found += answer.status() == 200 ? 1 : 0;
            placed++;
            if (placed % 20 == 0) {
                bar.show(placed, ended(shop.orders()) - (othersBefore - found));
            }
        }
        double seconds = awaitEnds(bar, placed, othersBefore - found, orders.size(), startNs);
        bar.end();
        return table(orders.size(), placed, stockBefore, shippedBefore, seconds);
    }

    /** Returns the seconds it took; gives up when nothing has moved for a minute. */
    private double awaitEnds(ProgressBar bar, long placed, long others, int expected, long startNs) {
        double seconds = 0;
        String before = "";
        long movedNs = System.nanoTime();
        while (System.nanoTime() - movedNs < PATIENCE.toNanos()) {
            Map<String, Long> states = shop.orders();
            bar.show(placed, Math.min(expected, ended(states) - others));
            if (ended(states) == sum(states)) {
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
            pause();
        }
        return (System.nanoTime() - startNs) / 1e9;
    }

    /** Nothing on its way any more: parcels gone, stock booked, outboxes empty, listeners at the end of their topics. */
    private boolean isQuiet(Map<String, Long> states) {
        return shop.outboxes() == 0
                && shop.shipments().getOrDefault("DISPATCHED", 0L).equals(states.get("SHIPPED"))
                && shop.stock().values().stream().allMatch(stock -> stock.reserved() == 0)
                && shop.lag().values().stream().allMatch(lag -> lag == 0);
    }

    private ClosingTable table(
            int expected,
            long placed,
            Map<String, Shop.Stock> stockBefore,
            Map<String, Long> shippedBefore,
            double seconds) {
        Map<String, Long> states = shop.orders();
        Map<String, Long> shipments = shop.shipments();
        Map<String, Long> lag = shop.lag();
        Map<String, ClosingTable.StockLine> stock =
                ClosingTable.stockLines(stockBefore, shippedBefore, shop.stock(), shop.unitsShipped());
        return new ClosingTable(
                placed,
                states,
                shipments,
                stock,
                shop.events(),
                lag,
                seconds,
                ClosingTable.problems(expected, states, shipments, stock, lag));
    }

    private static long ended(Map<String, Long> states) {
        return states.getOrDefault("SHIPPED", 0L)
                + states.getOrDefault("REJECTED", 0L)
                + states.getOrDefault("CANCELLED", 0L);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
