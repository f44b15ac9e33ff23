package io.milena.shipping;

import io.milena.shipping.contract.OrderCancelled;
import io.milena.shipping.contract.OrderConfirmed;
import io.milena.shipping.contract.OrderShipped;
import io.milena.shipping.contract.ShipmentDelivered;
import io.milena.shipping.contract.ShipmentDispatched;
import io.milena.shipping.contract.ShipmentPrepared;
import io.milena.shipping.contract.ShipmentVoided;
import io.milena.shipping.contract.Topics;
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
import org.springframework.util.unit.DataSize;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Starts the shipping service. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Shipping service",
                        version = "1",
                        description =
                                "The shipment of each order, from packing to delivery. Its events are at /asyncapi."))
public class ShippingServiceApplication {

    public static void main(String[] args) {
        builder().run(args);
    }

    /** The application, not yet started: settings in {@code shipping-service.yml}, so that it can share a JVM with others. */
    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(ShippingServiceApplication.class)
                .properties("spring.config.name=shipping-service");
    }

    @Bean
    EventTypes eventTypes() {
        return EventTypes.of(
                OrderConfirmed.class,
                OrderCancelled.class,
                OrderShipped.class,
                ShipmentPrepared.class,
                ShipmentDispatched.class,
                ShipmentDelivered.class,
                ShipmentVoided.class);
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
    NewTopic shippingTopic() {
        return topic(Topics.SHIPPING);
    }

    @Bean
    @ConditionalOnWebApplication
    BodyLimit bodyLimit(
            @Value("${shipping.max-body-size:256KB}") DataSize limit,
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
