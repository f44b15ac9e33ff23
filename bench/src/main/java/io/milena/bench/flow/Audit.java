package io.milena.bench.flow;

import io.milena.demo.load.ClosingTable;
import io.milena.demo.load.Shop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Order by order, when everything runs again: what does not hold. Keeps one entry an order. */
final class Audit {

    private static final Set<String> ENDS = Set.of("SHIPPED", "REJECTED", "CANCELLED");
    private static final Set<String> LEFT = Set.of("DISPATCHED", "DELIVERED");

    private final Shop shop;
    private final Map<String, Shop.Stock> stockBefore;

    /** @param stockBefore when no order had been placed */
    Audit(Shop shop, Map<String, Shop.Stock> stockBefore) {
        this.shop = shop;
        this.stockBefore = stockBefore;
    }

    /** @param expected how many orders were taken, in a flow that knows no others */
    List<String> complaints(long expected) {
        List<String> complaints = new ArrayList<>();
        Map<String, String> orders = new HashMap<>();
        Map<String, Long> unitsShipped = new TreeMap<>();
        shop.forEachOrder(order -> {
            String id = order.get("orderId").stringValue();
            String state = order.get("state").stringValue();
            if (orders.put(id, state) != null) {
                complaints.add("order " + id + " is listed twice");
            }
            if (!ENDS.contains(state)) {
                complaints.add("order " + id + " is " + state);
            }
            if (state.equals("SHIPPED")) {
                Shop.addUnits(order, unitsShipped);
            }
        });
        if (orders.size() != expected) {
            complaints.add(expected + " orders were taken, " + orders.size() + " are there");
        }
        shipments(orders, complaints);
        ClosingTable.stockLines(stockBefore, Map.of(), shop.stock(), unitsShipped)
                .forEach((sku, line) -> {
                    if (!line.conserved()) {
                        complaints.add("stock of " + sku + " is not conserved: " + line);
                    }
                });
        if (shop.outboxes() != 0) {
            complaints.add(shop.outboxes() + " events wait in outboxes");
        }
        if (shop.parked() != 0) {
            complaints.add(shop.parked() + " events wait to be tried again");
        }
        shop.lag().forEach((group, lag) -> {
            if (lag != 0) {
                complaints.add("group " + group + " is " + lag + " records behind");
            }
        });
        return complaints;
    }

    private void shipments(Map<String, String> orders, List<String> complaints) {
        Map<String, String> shipments = new HashMap<>();
        shop.forEachShipment(shipment -> {
            String id = shipment.get("orderId").stringValue();
            String state = shipment.get("state").stringValue();
            if (shipments.put(id, state) != null) {
                complaints.add("order " + id + " has two shipments");
            }
            String order = orders.getOrDefault(id, "not there");
            if (LEFT.contains(state) != order.equals("SHIPPED")) {
                complaints.add("the shipment of order " + id + " is " + state + ", the order " + order);
            } else if (state.equals("VOIDED") && !order.equals("CANCELLED")) {
                complaints.add("the shipment of order " + id + " is void, the order " + order);
            }
        });
        orders.forEach((id, state) -> {
            if (state.equals("SHIPPED") && !shipments.containsKey(id)) {
                complaints.add("order " + id + " is SHIPPED and has no shipment");
            }
        });
    }
}
