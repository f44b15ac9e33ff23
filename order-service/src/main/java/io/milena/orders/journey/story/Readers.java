package io.milena.orders.journey.story;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who reads what (docs/order-flow.md). A group's name is the {@code ce_source} of what it says. */
public final class Readers {

    public static final String ORDERS = "order-service";
    public static final String INVENTORY = "inventory-service";
    public static final String SHIPPING = "shipping-service";

    /** The group that writes the journey down. */
    public static final String JOURNEY = "order-journey";

    private static final Map<String, List<String>> OF_TOPIC =
            Map.of("orders", List.of(INVENTORY, SHIPPING), "inventory", List.of(ORDERS), "shipping", List.of(ORDERS));

    private static final Map<String, Set<String>> WHO_ACT_ON = Map.of(
            "order.placed.v1", Set.of(INVENTORY),
            "order.confirmed.v1", Set.of(SHIPPING),
            "order.shipped.v1", Set.of(INVENTORY, SHIPPING),
            "order.cancelled.v1", Set.of(INVENTORY, SHIPPING),
            "stock.reserved.v1", Set.of(ORDERS),
            "stock.rejected.v1", Set.of(ORDERS),
            "reservation.expired.v1", Set.of(ORDERS),
            "shipment.prepared.v1", Set.of(ORDERS),
            "shipment.delivered.v1", Set.of(ORDERS));

    private Readers() {}

    /** The groups that follow a topic. */
    public static List<String> of(String topic) {
        return OF_TOPIC.getOrDefault(topic, List.of());
    }

    /** Whether a group does something about events of a type; others it passes over. */
    static boolean actsOn(String group, @Nullable String type) {
        return type != null && WHO_ACT_ON.getOrDefault(type, Set.of()).contains(group);
    }

    /** All groups of the flow. */
    public static Set<String> all() {
        return Set.of(ORDERS, INVENTORY, SHIPPING, JOURNEY);
    }

    /** The business topics. */
    public static Set<String> topics() {
        return OF_TOPIC.keySet();
    }
}
