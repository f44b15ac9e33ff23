package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.testing.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A context that closes finishes the event in work, commits, and leaves the group; the next one goes on where it was. No inbox helps. */
class ShutdownFlowTest {

    private static final int EVENTS = 60;
    private static final List<Integer> BEGUN = new CopyOnWriteArrayList<>();
    private static final List<Integer> DONE = new CopyOnWriteArrayList<>();

    @EventType("step.v1")
    record Step(int number) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Walker.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Step.class);
        }

        @Bean
        NewTopic steps() {
            return new NewTopic("steps", 1, (short) 1);
        }
    }

    @MilenaListener(id = "walker", groupId = "walkers", topics = "steps")
    static class Walker {
        @KafkaHandler
        void on(Step step) throws InterruptedException {
            BEGUN.add(step.number());
            Thread.sleep(50); // work that takes a while
            DONE.add(step.number());
        }
    }

    @Test
    void closing_in_the_middle_repeats_nothing_and_leaves_the_group_at_once() throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
            try (ConfigurableApplicationContext first = start()) {
                write(first);
                await().atMost(Duration.ofSeconds(20)).until(() -> DONE.size() >= 5);
            }

            assertThat(DONE).isEqualTo(BEGUN).hasSizeLessThan(EVENTS);
            assertThat(admin.describeConsumerGroups(List.of("walkers"))
                            .describedGroups()
                            .get("walkers")
                            .get()
                            .members())
                    .isEmpty();
            assertThat(admin.listConsumerGroupOffsets("walkers")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(new TopicPartition("steps", 0))
                            .offset())
                    .isEqualTo(DONE.size());
            try (ConfigurableApplicationContext second = start()) {
                await().atMost(Duration.ofSeconds(20)).until(() -> DONE.size() >= EVENTS);
            }
            assertThat(DONE)
                    .containsExactlyElementsOf(
                            IntStream.range(0, EVENTS).boxed().toList());
        }
    }

    private static void write(ConfigurableApplicationContext context) {
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            for (int number = 0; number < EVENTS; number++) {
                context.getBean(Outbox.class).append("steps", "k" + number % 7, new Step(number));
            }
        });
    }

    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers(),
                        "spring.datasource.url=jdbc:h2:mem:steps",
                        "milena.inbox.enabled=false",
                        "spring.main.banner-mode=off")
                .run();
    }
}
