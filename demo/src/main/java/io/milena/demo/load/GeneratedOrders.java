package io.milena.demo.load;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;

/**
 * A shop made up from a seed: products of which some are much wanted and a few are scarce, customers, and any number of orders
 * of one to five products. An order depends on the seed and its number alone; its id also on the run, and tells when it was
 * due, so that nothing has to be remembered.
 */
public final class GeneratedOrders implements OrderSource {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int PRODUCTS = 200;
    private static final int CUSTOMERS = 500;
    /** Every so many'th product is soon sold out, and orders that name it are rejected. */
    private static final int SCARCE_EVERY = 40;

    private static final int SCARCE_UNITS = 60;
    private static final int PLENTY_UNITS = 10_000_000;
    private static final int LONGEST_THOUGHT_MS = 100;
    private static final LocalDate FIRST_DAY = LocalDate.of(2026, 1, 1);

    private static final List<String> MATERIALS =
            List.of("Oak", "Linen", "Copper", "Paper", "Wool", "Glass", "Leather", "Cork", "Clay", "Steel");
    private static final List<String> THINGS =
            List.of("lamp", "notebook", "box", "bowl", "chair", "frame", "bag", "clock", "tray", "shelf");
    private static final List<List<String>> PLACES = List.of(
            List.of("Wien", "Austria"),
            List.of("Praha", "Czechia"),
            List.of("Lyon", "France"),
            List.of("Bergen", "Norway"),
            List.of("Porto", "Portugal"),
            List.of("Lima", "Peru"),
            List.of("Osaka", "Japan"),
            List.of("Leeds", "United Kingdom"));

    private final long seed;
    private final String run;
    private final long count;
    private final double cancelShare;

    private record Product(String sku, String name, BigDecimal unitPrice, int unitsInStock) {}

    private record Line(String sku, int quantity, BigDecimal unitPrice) {}

    private record Address(String name, String address, String city, String country) {}

    private record Order(String orderId, String customerId, LocalDate orderDate, List<Line> lines, Address shipTo) {}

    /**
     * A shop.
     *
     * @param run letters and digits that no other run against the same services uses
     * @param count how many orders; {@link Long#MAX_VALUE} for no end
     * @param cancelShare of the orders, from 0 to 1, are called off
     */
    public GeneratedOrders(long seed, String run, long count, double cancelShare) {
        this.seed = seed;
        this.run = run;
        this.count = count;
        this.cancelShare = cancelShare;
    }

    @Override
    public String name() {
        return "a shop made up from seed " + seed;
    }

    @Override
    public List<SampleProduct> products() {
        List<SampleProduct> products = new ArrayList<>();
        for (int i = 0; i < PRODUCTS; i++) {
            Product product = product(i);
            products.add(new SampleProduct(product.sku(), JSON.writeValueAsString(product)));
        }
        return products;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public Wish order(long number, long dueUs) {
        SplittableRandom dice = new SplittableRandom(seed * 1_000_003 + number);
        List<Line> lines = new ArrayList<>();
        for (int wanted = 1 + dice.nextInt(5); wanted > 0; wanted--) {
            Product product = product(skewed(dice, PRODUCTS));
            lines.add(new Line(product.sku(), 1 + skewed(dice, 12), product.unitPrice()));
        }
        int customer = skewed(dice, CUSTOMERS);
        List<String> place = PLACES.get(customer % PLACES.size());
        String orderId = run + "-" + number + "-" + Long.toString(dueUs, Character.MAX_RADIX);
        Order order = new Order(
                orderId,
                String.format(Locale.ROOT, "C%04d", customer),
                FIRST_DAY.plusDays(number % 365),
                lines,
                new Address("Customer " + customer, "Street " + customer % 99, place.get(0), place.get(1)));
        boolean cancelled = dice.nextDouble() < cancelShare;
        return new Wish(orderId, JSON.writeValueAsString(order), cancelled ? dice.nextInt(LONGEST_THOUGHT_MS) : null);
    }

    @Override
    public long dueUs(String orderId) {
        int last = orderId.lastIndexOf('-');
        return orderId.startsWith(run + "-") && last > run.length()
                ? Long.parseLong(orderId.substring(last + 1), Character.MAX_RADIX)
                : -1;
    }

    private Product product(int index) {
        SplittableRandom dice = new SplittableRandom(seed * 7_919 + index);
        boolean scarce = index % SCARCE_EVERY == SCARCE_EVERY - 1;
        return new Product(
                String.format(Locale.ROOT, "L%d-%03d", seed, index + 1),
                MATERIALS.get(index % MATERIALS.size()) + " " + THINGS.get(index / MATERIALS.size() % THINGS.size())
                        + " " + (index / (MATERIALS.size() * THINGS.size()) + 1),
                BigDecimal.valueOf(100 + dice.nextInt(20_000), 2),
                scarce ? dice.nextInt(SCARCE_UNITS) : PLENTY_UNITS);
    }

    /** Small numbers more often than large ones. */
    private static int skewed(SplittableRandom dice, int bound) {
        double x = dice.nextDouble();
        return (int) (x * x * bound);
    }
}
