package io.milena.orders.desk;

import io.milena.orders.contract.ReservationExpired;
import io.milena.orders.contract.ShipmentDelivered;
import io.milena.orders.contract.ShipmentPrepared;
import io.milena.orders.contract.StockRejected;
import io.milena.orders.contract.StockReserved;
import io.milena.orders.contract.Topics;
import io.milena.starter.event.EventInfo;
import io.milena.starter.listener.MilenaListener;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.stereotype.Component;

/** What inventory and shipping have to say about orders. */
@Component
@MilenaListener(
        id = "order-news",
        groupId = "order-service",
        topics = {Topics.INVENTORY, Topics.SHIPPING})
class OrderNews {

    private final OrderDesk desk;

    OrderNews(OrderDesk desk) {
        this.desk = desk;
    }

    @KafkaHandler
    void on(StockReserved event) {
        desk.stockReserved(event.orderId());
    }

    @KafkaHandler
    void on(StockRejected event) {
        desk.stockRejected(event.orderId(), event.reason());
    }

    @KafkaHandler
    void on(ReservationExpired event) {
        desk.reservationExpired(event.orderId(), event.reason());
    }

    @KafkaHandler
    void on(ShipmentPrepared event) {
        desk.shipmentPrepared(event.orderId(), event.shipmentId());
    }

    @KafkaHandler
    void on(ShipmentDelivered event, EventInfo info) {
        desk.shipmentDelivered(event.orderId(), info.time());
    }
}
