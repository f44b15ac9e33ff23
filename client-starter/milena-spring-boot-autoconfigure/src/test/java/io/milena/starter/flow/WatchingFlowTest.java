package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.lag.LagReader;
import io.milena.starter.lag.LagReport;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.testing.Gate;
import io.milena.starter.testing.TestBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Lag and health tell the truth while a consumer is stopped, while the broker is down, and after recovery. */
class WatchingFlowTest {

    private static final List<Integer> SEEN = new CopyOnWriteArrayList<>();

    @EventType("tick.v1")
    record Tick(int number) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Watcher.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Tick.class);
        }

        @Bean
        NewTopic ticks() {
            return new NewTopic("ticks", 1, (short) 1);
        }
    }

    @MilenaListener(id = "watcher", groupId = "watchers", topics = "ticks")
    static class Watcher {
        @KafkaHandler
        void on(Tick tick) {
            SEEN.add(tick.number());
        }
    }

    private ConfigurableApplicationContext context;

    @Test
    void lag_and_health_are_true_through_a_stopped_consumer_and_a_lost_broker() {
        try (Gate gate = new Gate()) {
            gate.leadTo(TestBroker.advertising(gate.address()).bootstrapServers());
            context = start(gate.address());
            try (ConfigurableApplicationContext open = context) {
                MessageListenerContainer container =
                        open.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("watcher");
                write(1, 3);
                await().atMost(Duration.ofSeconds(20)).untilAsserted(this::allIsWell);

                container.stop();
                write(4, 8);
                await().atMost(Duration.ofSeconds(10)).untilAsserted(this::aConsumerIsStopped);
                double before = secondsBehind();
                await().untilAsserted(() -> assertThat(secondsBehind()).isGreaterThan(before + 0.2));

                gate.close();
                write(9, 9);
                await().atMost(Duration.ofSeconds(20)).untilAsserted(this::theBrokerIsDown);

                gate.open();
                container.start();
                await().atMost(Duration.ofSeconds(30)).untilAsserted(this::allIsWell);
                assertThat(SEEN)
                        .containsExactlyElementsOf(
                                IntStream.rangeClosed(1, 9).boxed().toList());
            }
        }
    }

    private void allIsWell() {
        LagReport report = lag();
        assertThat(report.totalLag()).isZero();
        assertThat(report.unknownSince()).isNull();
        assertThat(report.partitions()).singleElement().satisfies(lag -> {
            assertThat(lag.committedOffset()).isEqualTo(lag.endOffset()).isPositive();
            assertThat(lag.secondsBehind()).isZero();
        });
        assertThat(gauge("milena.consumer.lag")).isZero();
        assertThat(gauge("milena.consumer.lag.time")).isZero();
        assertThat(gauge("milena.consumer.lag.unknown")).isZero();
        assertThat(health("broker").getStatus()).isEqualTo(Status.UP);
        assertThat(health("listeners").getStatus()).isEqualTo(Status.UP);
        assertThat(health("outbox").getStatus()).isEqualTo(Status.UP);
        assertThat(health("outbox").getDetails()).isEmpty();
    }

    private void aConsumerIsStopped() {
        assertThat(lag().totalLag()).isEqualTo(5);
        assertThat(secondsBehind()).isPositive().isLessThan(30);
        assertThat(gauge("milena.consumer.lag")).isEqualTo(5);
        assertThat(gauge("milena.consumer.lag.time")).isPositive();
        assertThat(health("broker").getStatus()).isEqualTo(Status.UP);
        assertThat(health("listeners").getStatus()).isEqualTo(Status.DOWN);
        assertThat(health("listeners").getDetails().toString()).contains("watcher=stopped");
    }

    private void theBrokerIsDown() {
        LagReport report = lag();
        assertThat(report.totalLag()).isNull();
        assertThat(report.unknownSince()).isBefore(report.measuredAt());
        assertThat(report.problem()).contains("No broker is reached");
        assertThat(report.partitions())
                .singleElement()
                .satisfies(lag -> assertThat(lag.lag()).isNull());
        assertThat(gauge("milena.consumer.lag")).isNaN();
        assertThat(gauge("milena.consumer.lag.time")).isNaN();
        assertThat(gauge("milena.consumer.lag.unknown")).isPositive();
        assertThat(health("broker").getStatus()).isEqualTo(Status.DOWN);
        assertThat(health("broker").getDetails())
                .containsKey("since")
                .containsKey("action")
                .containsEntry("trouble", io.milena.starter.broker.BrokerTrouble.Kind.UNREACHABLE);
        assertThat(health("outbox").getStatus()).isEqualTo(Status.DOWN);
        assertThat(health("outbox").getDetails()).containsKey("waitingSince");
    }

    private static ConfigurableApplicationContext start(String servers) {
        return new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.kafka.bootstrap-servers=" + servers,
                        "spring.datasource.url=jdbc:h2:mem:watching",
                        "milena.broker.request-timeout=1s",
                        "milena.lag.interval=200ms",
                        "milena.health.outbox-stalled-after=1s",
                        "spring.main.banner-mode=off")
                .run();
    }

    private void write(int from, int to) {
        TransactionTemplate transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
        for (int number = from; number <= to; number++) {
            Tick tick = new Tick(number);
            transactions.executeWithoutResult(
                    status -> context.getBean(Outbox.class).append("ticks", "k", tick));
        }
    }

    private LagReport lag() {
        return context.getBean(LagReader.class).read();
    }

    private double secondsBehind() {
        Double seconds = lag().partitions().get(0).secondsBehind();
        return seconds == null ? -1 : seconds;
    }

    private double gauge(String name) {
        Gauge gauge = context.getBean(MeterRegistry.class).find(name).gauge();
        return gauge == null ? -1 : gauge.value();
    }

    private Health health(String part) {
        CompositeHealthContributor all = context.getBean("milenaHealthContributor", CompositeHealthContributor.class);
        return ((HealthIndicator) all.getContributor(part)).health();
    }
}
