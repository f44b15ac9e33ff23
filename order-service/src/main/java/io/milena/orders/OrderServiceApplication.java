package io.milena.orders;

import io.milena.orders.contract.OrderCancelled;
import io.milena.orders.contract.OrderConfirmed;
import io.milena.orders.contract.OrderPlaced;
import io.milena.orders.contract.OrderRejected;
import io.milena.orders.contract.OrderShipped;
import io.milena.orders.contract.ReservationExpired;
import io.milena.orders.contract.ShipmentDelivered;
import io.milena.orders.contract.ShipmentPrepared;
import io.milena.orders.contract.StockRejected;
import io.milena.orders.contract.StockReserved;
import io.milena.orders.contract.Topics;
import io.milena.starter.event.EventTypes;
import io.milena.starter.web.BodyLimit;
import io.milena.starter.web.StrictJson;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import java.time.Clock;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Starts the order service. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableScheduling
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Order service",
                        version = "1",
                        description =
                                "Takes orders and tells what becomes of them. Its events are at /asyncapi, what may go wrong at /problems."))
public class OrderServiceApplication {

    public static void main(String[] args) {
        builder().run(args);
    }

    /** The application, not yet started: settings in {@code order-service.yml}, so that it can share a JVM with others. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(OrderServiceApplication.class)
                .properties("spring.config.name=order-service");
    }

    @Bean
    EventTypes eventTypes() {
        return EventTypes.of(
                OrderPlaced.class,
                OrderConfirmed.class,
                OrderRejected.class,
                OrderCancelled.class,
                OrderShipped.class,
                StockReserved.class,
                StockRejected.class,
                ReservationExpired.class,
                ShipmentPrepared.class,
                ShipmentDelivered.class);
    }

    /** Numbers in place of texts, and numbers nobody can compute with, are refused. */
    @Bean
    StrictJson strictJson() {
        return new StrictJson();
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    NewTopic ordersTopic() {
        return topic(Topics.ORDERS);
    }

    @Bean
    NewTopic inventoryTopic() {
        return topic(Topics.INVENTORY);
    }

    @Bean
    NewTopic inventoryDeadLetters() {
        return topic(Topics.INVENTORY + "-dlt");
    }

    @Bean
    NewTopic shippingTopic() {
        return topic(Topics.SHIPPING);
    }

    @Bean
    NewTopic shippingDeadLetters() {
        return topic(Topics.SHIPPING + "-dlt");
    }

    /** Written by the other services; the journey reads it. */
    @Bean
    NewTopic ordersDeadLetters() {
        return topic(Topics.ORDERS + "-dlt");
    }

    @Bean
    @ConditionalOnWebApplication
    BodyLimit bodyLimit(
            @Value("${orders.max-body-size:256KB}") DataSize limit,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        return new BodyLimit(limit, problems);
    }

    /** With the time of the append: a record that waited for a broker is not told to have been there before it. */
    private static NewTopic topic(String name) {
        return TopicBuilder.name(name)
                .partitions(Topics.PARTITIONS)
                .config(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime")
                .build();
    }
}
