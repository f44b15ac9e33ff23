package io.milena.demo.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What remains when the orders have run: the numbers, and whether they are right.
 *
 * @param tally what customers asked for and were answered
 * @param orders by state
 * @param shipments by state
 * @param stock by product
 * @param events by topic and partition
 * @param lag by group
 * @param seconds from the first order to the last end
 * @param latencies what took how long, by name
 * @param problems what is not right; empty if all is
 */
public record ClosingTable(
        Tally.Figures tally,
        Map<String, Long> orders,
        Map<String, Long> shipments,
        Map<String, StockLine> stock,
        Map<String, Map<Integer, Long>> events,
        Map<String, Long> lag,
        double seconds,
        Map<String, Latency> latencies,
        List<String> problems) {

    /**
     * Stock of one product, in units.
     *
     * @param shipped between before and after
     */
    public record StockLine(long before, long shipped, long after, long reserved) {
        public boolean conserved() {
            return before == after + shipped && reserved == 0;
        }
    }

    public boolean isRight() {
        return problems.isEmpty();
    }

    public static Map<String, StockLine> stockLines(
            Map<String, Shop.Stock> before,
            Map<String, Long> shippedBefore,
            Map<String, Shop.Stock> after,
            Map<String, Long> shippedAfter) {
        Map<String, StockLine> lines = new TreeMap<>();
        after.forEach((sku, now) -> {
            Shop.Stock then = before.getOrDefault(sku, new Shop.Stock(0, 0));
            long shipped = shippedAfter.getOrDefault(sku, 0L) - shippedBefore.getOrDefault(sku, 0L);
            lines.put(sku, new StockLine(then.units(), shipped, now.units(), now.reserved()));
        });
        return lines;
    }

    /** @param expectedOrders how many there must be at least */
    public static List<String> problems(
            long expectedOrders,
            Map<String, Long> orders,
            Map<String, Long> shipments,
            Map<String, StockLine> stock,
            Map<String, Long> lag) {
        List<String> problems = new ArrayList<>();
        long ended = ended(orders);
        long all = sum(orders);
        if (ended != all) {
            problems.add((all - ended) + " orders are not at their end");
        }
        if (all < expectedOrders) {
            problems.add((expectedOrders - all) + " orders are missing");
        }
        long dispatched = left(shipments);
        if (dispatched != orders.getOrDefault("SHIPPED", 0L)) {
            problems.add(dispatched + " shipments left for " + orders.getOrDefault("SHIPPED", 0L) + " shipped orders");
        }
        if (shipments.getOrDefault("PREPARED", 0L) != 0) {
            problems.add(shipments.get("PREPARED") + " shipments still wait for the word to leave");
        }
        stock.forEach((sku, line) -> {
            if (!line.conserved()) {
                problems.add("stock of " + sku + " is not conserved: " + line.before() + " before, " + line.shipped()
                        + " shipped, " + line.after() + " after, " + line.reserved() + " reserved");
            }
        });
        lag.forEach((group, records) -> {
            if (records != 0) {
                problems.add("group " + group + " is " + records + " records behind");
            }
        });
        return problems;
    }

    static long ended(Map<String, Long> orders) {
        return orders.getOrDefault("SHIPPED", 0L)
                + orders.getOrDefault("REJECTED", 0L)
                + orders.getOrDefault("CANCELLED", 0L);
    }

    /** Shipments that left the house; some have arrived. */
    static long left(Map<String, Long> shipments) {
        return shipments.getOrDefault("DISPATCHED", 0L) + shipments.getOrDefault("DELIVERED", 0L);
    }

    /** All counts together. */
    public static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    long unitsBefore() {
        return stock.values().stream().mapToLong(StockLine::before).sum();
    }

    long unitsShipped() {
        return stock.values().stream().mapToLong(StockLine::shipped).sum();
    }

    long unitsAfter() {
        return stock.values().stream().mapToLong(StockLine::after).sum();
    }

    long unitsReserved() {
        return stock.values().stream().mapToLong(StockLine::reserved).sum();
    }

    /** As the report file shows it. */
    public Map<String, Object> asJson() {
        Map<String, Object> units = new LinkedHashMap<>();
        units.put("before", unitsBefore());
        units.put("shipped", unitsShipped());
        units.put("after", unitsAfter());
        units.put("reserved", unitsReserved());
        units.put("conserved", stock.values().stream().allMatch(StockLine::conserved));
        units.put("products", stock);
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("ok", isRight());
        report.put("problems", problems);
        report.put("placed", tally.accepted());
        report.put("customers", tally);
        report.put("seconds", Math.round(seconds * 1000) / 1000.0);
        report.put("ordersPerSecond", Math.round(rate() * 10) / 10.0);
        report.put("latency", latencies);
        report.put("orders", orders);
        report.put("shipments", shipments);
        report.put("stock", units);
        report.put("events", events);
        report.put("lag", lag);
        return report;
    }

    public List<String> asText() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("Closing table (%.1f s, %.0f orders/s)", seconds, rate()));
        lines.add("  customers  " + tally.asText());
        lines.add("  orders     " + counts(orders));
        lines.add("  shipments  " + counts(shipments));
        lines.add(String.format(
                "  stock      %,d units before = %,d after + %,d shipped%s",
                unitsBefore(),
                unitsAfter(),
                unitsShipped(),
                unitsReserved() == 0 ? "" : ", " + unitsReserved() + " reserved"));
        events.forEach((topic, partitions) -> lines.add(String.format(
                "  events     %-16s %6d   %s",
                topic, partitions.values().stream().mapToLong(Long::longValue).sum(), partitions)));
        lines.add("  lag        " + counts(lag));
        latencies.forEach((what, latency) -> lines.add(String.format("  %-10s %s", what, latency.asText())));
        if (isRight()) {
            lines.add("  Every order is at one end, stock is conserved to the unit, one shipment per shipped order.");
        } else {
            lines.add("  NOT RIGHT:");
            problems.forEach(problem -> lines.add("    - " + problem));
        }
        return lines;
    }

    /** Orders from the first post to the last end, a second. */
    public double rate() {
        return tally.accepted() / Math.max(seconds, 0.001);
    }

    private static String counts(Map<String, Long> counts) {
        List<String> words = new ArrayList<>();
        counts.forEach((name, count) -> words.add(name + " " + count));
        return String.join(", ", words);
    }
}
