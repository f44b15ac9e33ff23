package io.milena.test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;

/** An ordinary application with spring-kafka: one topic, one listener. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ParcelApplication {
    static final AtomicInteger STARTS = new AtomicInteger();

    ParcelApplication() {
        STARTS.incrementAndGet();
    }

    @Bean
    NewTopic parcels() {
        return new NewTopic("parcels", 1, (short) -1);
    }

    @Bean
    Arrivals arrivals() {
        return new Arrivals();
    }

    static class Arrivals {
        final List<String> parcels = new CopyOnWriteArrayList<>();

        @KafkaListener(topics = "parcels", groupId = "arrivals")
        void on(String parcel) {
            parcels.add(parcel);
        }
    }
}
