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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
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

/** With {@code spring.threads.virtual.enabled} everything is as ever: outbox, listeners, retries in the order of a key, shutdown. */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadsTest {

    private static final int EVENTS = 90;
    private static final int KEYS = 9;
    private static final int FAILS_AT_FIRST = 30;

    private static final List<Integer> DONE = new CopyOnWriteArrayList<>();
    private static final AtomicInteger FAILURES = new AtomicInteger();
    private static final Set<String> LISTENED_ON = ConcurrentHashMap.newKeySet();

    @EventType("lap.v1")
    record Lap(int number) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Runner.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Lap.class);
        }

        @Bean
        NewTopic laps() {
            return new NewTopic("laps", 3, (short) 1);
        }

        @Bean
        NewTopic deadLaps() {
            return new NewTopic("laps-dlt", 1, (short) 1);
        }
    }

    @MilenaListener(id = "runner", groupId = "runners", topics = "laps")
    static class Runner {
        @KafkaHandler
        void on(Lap lap) throws InterruptedException {
            LISTENED_ON.add(Thread.currentThread().getClass().getSimpleName());
            if (lap.number() == FAILS_AT_FIRST && FAILURES.getAndIncrement() < 2) {
                throw new IllegalStateException("out of breath");
            }
            Thread.sleep(20); // work that takes a while
            DONE.add(lap.number());
        }
    }

    @Test
    void events_are_handled_once_in_order_of_their_keys_through_retries_and_a_restart() throws Exception {
        try (ConfigurableApplicationContext first = start()) {
            write(first);
            await().atMost(Duration.ofSeconds(20)).until(() -> DONE.size() >= EVENTS / 4);
        }
        assertThat(DONE).hasSizeLessThan(EVENTS);
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", TestBroker.shared().bootstrapServers()))) {
            assertThat(admin.describeConsumerGroups(List.of("runners"))
                            .describedGroups()
                            .get("runners")
                            .get()
                            .members())
                    .isEmpty();
        }

        try (ConfigurableApplicationContext second = start()) {
            await().atMost(Duration.ofSeconds(20)).until(() -> DONE.size() >= EVENTS);
        }
        assertThat(DONE)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, EVENTS).boxed().toList());
        for (int key = 0; key < KEYS; key++) {
            int ofKey = key;
            assertThat(DONE).filteredOn(number -> number % KEYS == ofKey).isSorted();
        }
        assertThat(FAILURES).hasValue(3);
        assertThat(LISTENED_ON).contains("VirtualThread");
    }

    private static void write(ConfigurableApplicationContext context) {
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class)).executeWithoutResult(status -> {
            for (int number = 0; number < EVENTS; number++) {
                context.getBean(Outbox.class).append("laps", "k" + number % KEYS, new Lap(number));
            }
        });
    }

    private static ConfigurableApplicationContext start() {
        return new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.threads.virtual.enabled=true",
                        "spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers(),
                        "spring.kafka.listener.concurrency=3",
                        "spring.datasource.url=jdbc:h2:mem:laps;DB_CLOSE_DELAY=-1",
                        "milena.listener.retry.initial-interval=50ms",
                        "spring.main.banner-mode=off")
                .run();
    }
}
