package io.milena.inventory.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** All or nothing: either every line of an order can be reserved, or none is and there is a reason. */
public sealed interface ReservationDecision {

    /** One movement for each product. */
    record Reserved(List<StockMovement> movements) implements ReservationDecision {}

    /** Nothing moves. */
    record Rejected(String reason) implements ReservationDecision {}

    /**
     * Decides.
     *
     * @param wanted units by product
     * @param levels the stock of the wanted products that exist
     */
    static ReservationDecision decide(String orderId, SortedMap<String, Long> wanted, Map<String, StockLevel> levels) {
        List<StockMovement> movements = new ArrayList<>();
        for (Map.Entry<String, Long> line : wanted.entrySet()) {
            StockLevel level = levels.get(line.getKey());
            if (level == null) {
                return new Rejected("unknown product " + line.getKey());
            }
            if (line.getValue() <= 0) {
                return new Rejected("quantity of " + line.getKey() + " is " + line.getValue());
            }
            if (line.getValue() > level.available()) {
                return new Rejected("not enough stock of " + line.getKey() + ": " + line.getValue() + " wanted, "
                        + level.available() + " available");
            }
            movements.add(StockMovement.reserved(line.getKey(), line.getValue().intValue(), orderId));
        }
        return wanted.isEmpty() ? new Rejected("the order has no lines") : new Reserved(movements);
    }
}
