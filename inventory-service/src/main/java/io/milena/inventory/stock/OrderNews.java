package io.milena.inventory.stock;

import io.milena.inventory.contract.OrderCancelled;
import io.milena.inventory.contract.OrderPlaced;
import io.milena.inventory.contract.OrderShipped;
import io.milena.inventory.contract.Topics;
import io.milena.starter.listener.MilenaListener;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.stereotype.Component;

/** What orders mean for the stock. */
@Component
@MilenaListener(id = "inventory-order-news", groupId = "inventory-service", topics = Topics.ORDERS)
class OrderNews {

    private final Warehouse warehouse;

    OrderNews(Warehouse warehouse) {
        this.warehouse = warehouse;
    }

    @KafkaHandler
    void on(OrderPlaced event) {
        warehouse.reserve(event);
    }

    @KafkaHandler
    void on(OrderCancelled event) {
        warehouse.release(event.orderId());
    }

    @KafkaHandler
    void on(OrderShipped event) {
        warehouse.ship(event.orderId());
    }
}
