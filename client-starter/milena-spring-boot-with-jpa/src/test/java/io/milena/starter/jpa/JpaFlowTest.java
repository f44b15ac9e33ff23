package io.milena.starter.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.starter.database.EventDatabase;
import io.milena.starter.deadletter.DeadLetters;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.annotation.Transactional;

/** Entities and events share their fate: outbox, inbox and listeners join the transactions of JPA. */
class JpaFlowTest {

    @EventType("guest.arrived.v1")
    record GuestArrived(String name) {}

    @Entity(name = "guest")
    static class Guest {
        @Id
        String name = "";

        String room = "";

        Guest() {}

        Guest(String name, String room) {
            this.name = name;
            this.room = room;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @AutoConfigurationPackage
    @Import({Reception.class, Porter.class})
    static class Hotel {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(GuestArrived.class);
        }

        @Bean
        NewTopic arrivals() {
            return new NewTopic("jpa-arrivals", 1, (short) 1);
        }

        @Bean
        NewTopic deadArrivals() {
            return new NewTopic("jpa-arrivals-dlt", 1, (short) 1);
        }
    }

    static class Reception {
        private final EntityManager entities;
        private final Outbox outbox;

        Reception(EntityManager entities, Outbox outbox) {
            this.entities = entities;
            this.outbox = outbox;
        }

        @Transactional
        public void arrive(String name, boolean turnedAway) {
            entities.persist(new Guest(name, "none"));
            outbox.append("jpa-arrivals", name, new GuestArrived(name));
            if (turnedAway) {
                throw new IllegalStateException("no room");
            }
        }
    }

    @MilenaListener(id = "porter", groupId = "jpa-porters", topics = "jpa-arrivals")
    static class Porter {
        private final EntityManager entities;

        Porter(EntityManager entities) {
            this.entities = entities;
        }

        @KafkaHandler
        public void on(GuestArrived event) {
            Objects.requireNonNull(entities.find(Guest.class, event.name())).room = "room of " + event.name();
            entities.flush();
            if (event.name().equals("Zoe")) {
                throw new IllegalStateException("the key does not fit");
            }
        }
    }

    @Test
    void entities_events_and_what_was_handled_commit_or_roll_back_together() {
        try (ConfigurableApplicationContext context = start()) {
            assertThat(context.getBean(EventDatabase.class).transactions()).isInstanceOf(JpaTransactionManager.class);
            Reception reception = context.getBean(Reception.class);
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);

            reception.arrive("Ana", false);
            assertThatThrownBy(() -> reception.arrive("Ben", true)).hasMessage("no room");
            reception.arrive("Zoe", false);

            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(room(jdbc, "Ana")).isEqualTo("room of Ana");
                assertThat(context.getBean(DeadLetters.class).waiting()).isEqualTo(1);
            });
            assertThat(room(jdbc, "Zoe")).isEqualTo("none"); // the handler's change is rolled back
            assertThat(jdbc.queryForObject("select count(*) from guest", Long.class))
                    .isEqualTo(2);
            assertThat(jdbc.queryForObject("select count(*) from outbox_sent", Long.class))
                    .isEqualTo(2);
            assertThat(jdbc.queryForObject("select count(*) from processed_event", Long.class))
                    .isEqualTo(1);
        }
    }

    private static String room(JdbcTemplate jdbc, String guest) {
        return jdbc.queryForObject("select room from guest where name = ?", String.class, guest);
    }

    private static ConfigurableApplicationContext start() {
        List<String> arguments = new ArrayList<>(TestDatabase.h2().arguments());
        arguments.add("--spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers());
        arguments.add("--spring.jpa.hibernate.ddl-auto=create");
        arguments.add("--milena.listener.retry.max-retries=0");
        arguments.add("--spring.main.banner-mode=off");
        return new SpringApplicationBuilder(Hotel.class)
                .web(WebApplicationType.NONE)
                .run(arguments.toArray(String[]::new));
    }
}
