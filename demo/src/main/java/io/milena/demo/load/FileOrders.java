package io.milena.demo.load;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Products and orders of files, in their order. */
public final class FileOrders implements OrderSource {

    private static final int LONGEST_THOUGHT_MS = 100;

    private final JsonLines.Lines<SampleProduct> products;
    private final JsonLines.Lines<SampleOrder> orders;
    private final double cancelShare;
    private final long seed;
    private final Map<String, Long> due = new ConcurrentHashMap<>();

    /** @param cancelShare of the orders, from 0 to 1, are called off, chosen by the seed */
    FileOrders(
            JsonLines.Lines<SampleProduct> products,
            JsonLines.Lines<SampleOrder> orders,
            double cancelShare,
            long seed) {
        this.products = products;
        this.orders = orders;
        this.cancelShare = cancelShare;
        this.seed = seed;
    }

    /**
     * Reads and checks both files.
     *
     * @param orders null for the small sample
     * @param products null for {@code products.jsonl} beside the orders if it exists, else those of the sample
     */
    public static FileOrders read(@Nullable Path orders, @Nullable Path products, double cancelShare, long seed) {
        Path sold = products;
        if (sold == null && orders != null) {
            Path beside = orders.resolveSibling("products.jsonl");
            sold = Files.isReadable(beside) ? beside : null;
        }
        return new FileOrders(
                JsonLines.read(sold, "sample-products.jsonl", SampleProduct::parse, SampleProduct::sku),
                JsonLines.read(orders, "sample-orders.jsonl", SampleOrder::parse, SampleOrder::orderId),
                cancelShare,
                seed);
    }

    @Override
    public String name() {
        return orders.name();
    }

    @Override
    public List<SampleProduct> products() {
        return products.values();
    }

    /** The orders, as they were read. */
    public List<SampleOrder> orders() {
        return orders.values();
    }

    @Override
    public long count() {
        return orders.values().size();
    }

    @Override
    public Wish order(long number, long dueUs) {
        SampleOrder order = orders.values().get(Math.toIntExact(number));
        SplittableRandom dice = new SplittableRandom(seed * 31 + number);
        boolean cancelled = dice.nextDouble() < cancelShare;
        due.put(order.orderId(), dueUs);
        return new Wish(order.orderId(), order.json(), cancelled ? dice.nextInt(LONGEST_THOUGHT_MS) : null);
    }

    @Override
    public long dueUs(String orderId) {
        Long dueUs = due.get(orderId);
        return dueUs == null ? -1 : dueUs;
    }
}
