package io.milena.demo;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.JsonNode;

/** What the demo wants to know of the services, as numbers. */
final class Shop {

    private static final int PAGE = 1_000;

    private final ServiceUrls services;
    private final String bootstrapServers;
    private final ServiceClient client = new ServiceClient();

    Shop(ServiceUrls services, String bootstrapServers) {
        this.services = services;
        this.bootstrapServers = bootstrapServers;
    }

    ServiceClient.Answer placeOrder(String json) {
        return client.post(services.orders() + "/orders", json);
    }

    ServiceClient.Answer addProduct(String json) {
        return client.post(services.inventory() + "/products", json);
    }

    boolean isReady(String service) {
        return client.get(services.of(service) + "/actuator/health/readiness").ok();
    }

    /** Orders by state. */
    Map<String, Long> orders() {
        return counts(services.orders() + "/order-counts");
    }

    /** Shipments by state. */
    Map<String, Long> shipments() {
        return counts(services.shipping() + "/shipment-counts");
    }

    /** Stock by product. */
    Map<String, Stock> stock() {
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
    record Stock(long units, long reserved) {}

    /** Units of each product in orders that are SHIPPED, by the word of the order service. */
    Map<String, Long> unitsShipped() {
        Map<String, Long> units = new TreeMap<>();
        for (int page = 0; ; page++) {
            JsonNode orders = client.read(services.orders() + "/orders?state=SHIPPED&size=" + PAGE + "&page=" + page);
            orders.get("content")
                    .forEach(order -> order.get("lines")
                            .forEach(line -> units.merge(
                                    line.get("sku").stringValue(),
                                    line.get("quantity").longValue(),
                                    Long::sum)));
            if (page + 1 >= orders.get("totalPages").longValue()) {
                return units;
            }
        }
    }

    /** Records still to handle, by group. */
    Map<String, Long> lag() {
        Map<String, Long> lag = new TreeMap<>();
        for (String url : services.all()) {
            client.read(url + "/actuator/lag")
                    .get("partitions")
                    .forEach(partition -> lag.merge(
                            partition.get("group").stringValue(),
                            partition.get("lag").longValue(),
                            Long::sum));
        }
        return lag;
    }

    /** Events that wait to be published, in all services. */
    long outboxes() {
        return services.all().stream()
                .mapToLong(url -> client.read(url + "/actuator/metrics/milena.outbox.pending")
                        .get("measurements")
                        .get(0)
                        .get("value")
                        .longValue())
                .sum();
    }

    /** Records by topic and partition, without internal topics. */
    Map<String, Map<Integer, Long>> events() {
        Map<String, Map<Integer, Long>> events = new TreeMap<>();
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
