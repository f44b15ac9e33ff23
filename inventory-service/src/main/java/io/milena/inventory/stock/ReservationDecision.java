package io.milena.inventory.stock;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** All or nothing: either every line of an order can be reserved, or none is and there is a reason. */
sealed interface ReservationDecision {

    /** The levels after the reservation. */
    record Reserved(List<StockLevel> levels) implements ReservationDecision {}

    /** Nothing changes. */
    record Rejected(String reason) implements ReservationDecision {}

    /**
     * Decides.
     *
     * @param wanted units by product
     * @param levels the stock of the wanted products that exist
     */
    static ReservationDecision decide(SortedMap<String, Long> wanted, Map<String, StockLevel> levels) {
        List<StockLevel> after = new ArrayList<>();
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
            after.add(level.reserve(line.getValue().intValue()));
        }
        return wanted.isEmpty() ? new Rejected("the order has no lines") : new Reserved(after);
    }
}
