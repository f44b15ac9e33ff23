package io.milena.inventory;

import io.milena.inventory.contract.OrderCancelled;
import io.milena.inventory.contract.OrderPlaced;
import io.milena.inventory.contract.OrderShipped;
import io.milena.inventory.contract.ReservationExpired;
import io.milena.inventory.contract.StockRejected;
import io.milena.inventory.contract.StockReleased;
import io.milena.inventory.contract.StockReserved;
import io.milena.inventory.contract.StockShipped;
import io.milena.inventory.contract.Topics;
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
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Starts the inventory service. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@EnableScheduling
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Inventory service",
                        version = "1",
                        description =
                                "Products, their stock, and what is reserved for which order. Its events are at /asyncapi."))
public class InventoryServiceApplication {

    public static void main(String[] args) {
        builder().run(args);
    }

    /** The application, not yet started: settings in {@code inventory-service.yml}, so that it can share a JVM with others. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(InventoryServiceApplication.class)
                .properties("spring.config.name=inventory-service");
    }

    @Bean
    EventTypes eventTypes() {
        return EventTypes.of(
                OrderPlaced.class,
                OrderCancelled.class,
                OrderShipped.class,
                StockReserved.class,
                StockRejected.class,
                StockReleased.class,
                StockShipped.class,
                ReservationExpired.class);
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
    NewTopic ordersDeadLetters() {
        return topic(Topics.ORDERS + "-dlt");
    }

    @Bean
    NewTopic inventoryTopic() {
        return topic(Topics.INVENTORY);
    }

    @Bean
    @ConditionalOnWebApplication
    BodyLimit bodyLimit(
            @Value("${inventory.max-body-size:256KB}") DataSize limit,
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
