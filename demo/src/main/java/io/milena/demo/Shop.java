package io.milena.demo;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.outbox.OutboxRelay;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.JsonNode;

/** What the demo wants to know of the services, as numbers. */
final class Shop {

    private static final int PAGE = 1_000;

    private final Services services;
    private final ServiceClient client;

    Shop(Services services, ServiceClient client) {
        this.services = services;
        this.client = client;
    }

    ServiceClient.Answer placeOrder(String json) {
        return client.post(services.url("order-service") + "/orders", json);
    }

    ServiceClient.Answer addProduct(String json) {
        return client.post(services.url("inventory-service") + "/products", json);
    }

    boolean isReady(String service) {
        return client.get(services.url(service) + "/actuator/health/readiness").ok();
    }

    /** Orders by state. */
    Map<String, Long> orders() {
        return counts(services.url("order-service") + "/order-counts");
    }

    /** Shipments by state. */
    Map<String, Long> shipments() {
        return counts(services.url("shipping-service") + "/shipment-counts");
    }

    /** Stock by product. */
    Map<String, Stock> stock() {
        Map<String, Stock> stock = new TreeMap<>();
        client.read(services.url("inventory-service") + "/products")
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
            JsonNode orders =
                    client.read(services.url("order-service") + "/orders?state=SHIPPED&size=" + PAGE + "&page=" + page);
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
        for (String service : Services.NAMES) {
            client.read(services.url(service) + "/actuator/lag")
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
        return Services.NAMES.stream()
                .mapToLong(name ->
                        services.context(name).getBean(OutboxRelay.class).pending())
                .sum();
    }

    /** Records by topic and partition, without internal topics. */
    Map<String, Map<Integer, Long>> events() {
        BrokerAdmin admin = services.context("order-service").getBean(BrokerAdmin.class);
        Map<String, TopicDescription> topics = admin.await(admin.client()
                .describeTopics(admin.await(admin.client().listTopics().names()))
                .allTopicNames());
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        topics.values()
                .forEach(topic -> topic.partitions()
                        .forEach(
                                p -> latest.put(new TopicPartition(topic.name(), p.partition()), OffsetSpec.latest())));
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                admin.await(admin.client().listOffsets(latest).all());
        Map<String, Map<Integer, Long>> events = new TreeMap<>();
        ends.forEach((partition, info) -> events.computeIfAbsent(partition.topic(), t -> new TreeMap<>())
                .put(partition.partition(), info.offset()));
        return events;
    }

    private Map<String, Long> counts(String url) {
        Map<String, Long> counts = new LinkedHashMap<>();
        client.read(url).forEachEntry((name, count) -> counts.put(name, count.longValue()));
        return counts;
    }
}
