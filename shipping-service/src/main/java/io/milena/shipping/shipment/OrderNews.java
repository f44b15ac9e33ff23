package io.milena.shipping.shipment;

import io.milena.shipping.contract.OrderCancelled;
import io.milena.shipping.contract.OrderConfirmed;
import io.milena.shipping.contract.OrderShipped;
import io.milena.shipping.contract.Topics;
import io.milena.starter.listener.MilenaListener;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.stereotype.Component;

/** What orders mean for shipments. */
@Component
@MilenaListener(id = "shipping-order-news", groupId = "shipping-service", topics = Topics.ORDERS)
class OrderNews {

    private final Dock dock;

    OrderNews(Dock dock) {
        this.dock = dock;
    }

    @KafkaHandler
    void on(OrderConfirmed event) {
        dock.prepare(event);
    }

    @KafkaHandler
    void on(OrderShipped event) {
        dock.clear(event.orderId());
    }

    @KafkaHandler
    void on(OrderCancelled event) {
        dock.makeVoid(event.orderId(), event.previousState().equals("CONFIRMED"));
    }
}
