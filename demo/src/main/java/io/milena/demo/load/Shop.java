package io.milena.demo.load;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the demo wants to know of the services, as numbers. */
public final class Shop {

    private static final int PAGE = 1_000;

    private final ServiceUrls services;
    private final @Nullable String bootstrapServers;
    private final ServiceClient client = new ServiceClient();

    /** @param bootstrapServers where to ask for offsets, null to do without */
    public Shop(ServiceUrls services, @Nullable String bootstrapServers) {
        this.services = services;
        this.bootstrapServers = bootstrapServers;
    }

    /** @param key the same on every attempt to place this order */
    ServiceClient.Answer placeOrder(String json, String key) {
        return client.post(services.orders() + "/orders", json, key);
    }

    ServiceClient.Answer cancelOrder(String orderId) {
        return client.post(services.orders() + "/orders/" + orderId + "/cancel", "");
    }

    public ServiceClient.Answer addProduct(String json) {
        return client.post(services.inventory() + "/products", json);
    }

    /** Whether a service is healthy in whole: its readiness alone would not wait for the broker and the listeners. */
    public boolean isReady(String service) {
        try {
            return client.get(services.of(service) + "/actuator/health").ok();
        } catch (UnreachableException notYet) {
            return false;
        }
    }

    public boolean areReady() {
        return ServiceUrls.NAMES.stream().allMatch(this::isReady);
    }

    /**
     * Waits until all services say that they are ready.
     *
     * @throws UsageException if they do not in time
     */
    public void awaitReady(Duration patience) {
        long endNs = System.nanoTime() + patience.toNanos();
        for (String service : ServiceUrls.NAMES) {
            while (!isReady(service)) {
                if (System.nanoTime() > endNs) {
                    throw new UsageException("the " + service + " at " + services.of(service) + " is not ready after "
                            + patience.toSeconds() + " s");
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(50);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted", e);
                }
            }
        }
    }

    /** Orders by state. */
    public Map<String, Long> orders() {
        return counts(services.orders() + "/order-counts");
    }

    /** Shipments by state. */
    public Map<String, Long> shipments() {
        return counts(services.shipping() + "/shipment-counts");
    }

    /** Stock by product. */
    public Map<String, Stock> stock() {
        Map<String, Stock> stock = new TreeMap<>();
        client.read(services.inventory() + "/products")
                .forEach(product -> stock.put(
                        product.get("sku").stringValue(),
                        new Stock(
                                product.get("unitsInStock").longValue(),
                                product.get("reserved").longValue())));
        return stock;
    }

    /** @param reserved of the units in stock, promised to orders */
    public record Stock(long units, long reserved) {}

    /** Hands over every SHIPPED order, as the order service tells of it, a page at a time. */
    public void forEachShipped(Consumer<JsonNode> order) {
        forEachOrder("?state=SHIPPED&size=" + PAGE, order);
    }

    /** Hands over every order, a page at a time. */
    public void forEachOrder(Consumer<JsonNode> order) {
        forEachOrder("?size=" + PAGE, order);
    }

    private void forEachOrder(String query, Consumer<JsonNode> order) {
        client.follow(
                services.orders() + "/orders" + query,
                page -> page.get("content").forEach(order));
    }

    /** Hands over every shipment, a page at a time. */
    public void forEachShipment(Consumer<JsonNode> shipment) {
        int size = PAGE;
        for (int page = 0; size == PAGE; page++) {
            JsonNode shipments = client.read(services.shipping() + "/shipments?size=" + PAGE + "&page=" + page);
            shipments.forEach(shipment);
            size = shipments.size();
        }
    }

    /** Units of each product in orders that are SHIPPED, by the word of the order service. */
    public Map<String, Long> unitsShipped() {
        Map<String, Long> units = new TreeMap<>();
        forEachShipped(order -> addUnits(order, units));
        return units;
    }

    /** Adds the units of an order's lines, by product. */
    public static void addUnits(JsonNode order, Map<String, Long> units) {
        order.get("lines")
                .forEach(line -> units.merge(
                        line.get("sku").stringValue(), line.get("quantity").longValue(), Long::sum));
    }

    /** Records still to handle, by group; a lag that is unknown counts as one. */
    public Map<String, Long> lag() {
        Map<String, Long> lag = new TreeMap<>();
        for (String url : services.all()) {
            client.read(url + "/actuator/lag")
                    .get("partitions")
                    .forEach(partition -> lag.merge(
                            partition.get("group").stringValue(),
                            partition.path("lag").longValue(1),
                            Long::sum));
        }
        return lag;
    }

    /** Events that wait to be published, in all services. */
    public long outboxes() {
        return gauge("milena.outbox.pending");
    }

    /** Events that failed and wait to be tried again, with those of their keys behind them, in all services. */
    public long parked() {
        return gauge("milena.retry.parked");
    }

    private long gauge(String name) {
        return services.all().stream()
                .map(url -> client.get(url + "/actuator/metrics/" + name))
                .mapToLong(Shop::value)
                .sum();
    }

    private static long value(ServiceClient.Answer metric) {
        if (metric.isTransient()) {
            throw new UnreachableException("a metric was answered with " + metric, new IOException());
        }
        // 404: a service without such a thing
        return metric.ok()
                ? metric.body().get("measurements").get(0).get("value").longValue()
                : 0;
    }

    /** Records by topic and partition, without internal topics; empty without a broker to ask. */
    public Map<String, Map<Integer, Long>> events() {
        Map<String, Map<Integer, Long>> events = new TreeMap<>();
        if (bootstrapServers == null) {
            return events;
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            admin.describeTopics(admin.listTopics().names().get()).allTopicNames().get().values().stream()
                    .flatMap(topic -> topic.partitions().stream()
                            .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                    .forEach(partition -> latest.put(partition, OffsetSpec.latest()));
            admin.listOffsets(latest)
                    .all()
                    .get()
                    .forEach((partition, info) -> events.computeIfAbsent(partition.topic(), t -> new TreeMap<>())
                            .put(partition.partition(), info.offset()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker does not tell its offsets: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return events;
    }

    private Map<String, Long> counts(String url) {
        Map<String, Long> counts = new LinkedHashMap<>();
        client.read(url).forEachEntry((name, count) -> counts.put(name, count.longValue()));
        return counts;
    }
}
