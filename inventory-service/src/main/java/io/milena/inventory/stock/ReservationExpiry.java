package io.milena.inventory.stock;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Looks for expired reservations now and then, in every instance: each finds those that no other has in hand. */
@Component
class ReservationExpiry {

    private static final int PAGE = 100;

    private final Warehouse warehouse;

    ReservationExpiry(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    @Scheduled(fixedDelayString = "${inventory.reservation.check-interval:10s}")
    void look() {
        int announced;
        do {
            announced = warehouse.announceExpired(PAGE);
        } while (announced == PAGE);
    }
}
