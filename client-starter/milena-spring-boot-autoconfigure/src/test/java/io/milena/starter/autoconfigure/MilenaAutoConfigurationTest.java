package io.milena.starter.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.broker.BrokerConnector;
import io.milena.starter.deadletter.DeadLetters;
import io.milena.starter.deadletter.DeadLettersController;
import io.milena.starter.event.EventCodec;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.lag.LagGauges;
import io.milena.starter.lag.LagReader;
import io.milena.starter.listener.ListenerProperties;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.outbox.OutboxProperties;
import io.milena.starter.outbox.OutboxRelay;
import io.milena.starter.retry.Retrier;
import io.milena.starter.trace.TracerTracing;
import io.milena.starter.trace.Tracing;
import io.milena.starter.trace.TransactionSpans;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ProducerFactory;

/** What the starter contributes, when, and how it steps back. No broker is there. */
class MilenaAutoConfigurationTest {

    private final ApplicationContextRunner withoutDatabase = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    JacksonAutoConfiguration.class,
                    KafkaAutoConfiguration.class,
                    MilenaBrokerAutoConfiguration.class,
                    MilenaTracingAutoConfiguration.class,
                    MilenaEventAutoConfiguration.class,
                    MilenaSchemaAutoConfiguration.class,
                    MilenaDatabaseAutoConfiguration.class,
                    MilenaOutboxAutoConfiguration.class,
                    MilenaListenerAutoConfiguration.class,
                    MilenaRetryAutoConfiguration.class,
                    MilenaLagAutoConfiguration.class,
                    MilenaHealthAutoConfiguration.class))
            .withPropertyValues("spring.kafka.bootstrap-servers=localhost:1", "spring.datasource.url=jdbc:h2:mem:auto");

    private final ApplicationContextRunner complete = withoutDatabase.withConfiguration(AutoConfigurations.of(
            DataSourceAutoConfiguration.class,
            DataSourceTransactionManagerAutoConfiguration.class,
            TransactionAutoConfiguration.class,
            JdbcTemplateAutoConfiguration.class));

    @Test
    void everything_is_there_by_default_and_starts_without_a_broker_at_once() {
        long startNs = System.nanoTime();
        complete.run(context -> {
            assertThat(context)
                    .hasSingleBean(Outbox.class)
                    .hasSingleBean(OutboxRelay.class)
                    .hasSingleBean(Inbox.class)
                    .hasSingleBean(Retrier.class)
                    .hasSingleBean(DeadLetters.class)
                    .doesNotHaveBean(DeadLettersController.class)
                    .hasSingleBean(BrokerConnector.class)
                    .hasSingleBean(LagReader.class)
                    .hasBean(MilenaListener.CONTAINER_FACTORY)
                    .hasBean("milenaHealthContributor");
            assertThat(context.getBean(JdbcTemplate.class)
                            .queryForObject("select count(*) from processed_event", Long.class))
                    .isZero();
            assertThat(context.getBean(BrokerAdmin.class).bootstrapServers()).isEqualTo("localhost:1");
        });
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void without_a_database_there_is_no_outbox_but_there_are_listeners() {
        withoutDatabase.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(Outbox.class)
                .doesNotHaveBean(Inbox.class)
                .hasBean(MilenaListener.CONTAINER_FACTORY));
    }

    @Test
    void parts_can_be_switched_off() {
        complete.withPropertyValues(
                        "milena.outbox.relay=false", "milena.inbox.enabled=false", "milena.lag.enabled=false")
                .run(context -> assertThat(context)
                        .hasSingleBean(Outbox.class)
                        .doesNotHaveBean(OutboxRelay.class)
                        .doesNotHaveBean(Inbox.class)
                        .doesNotHaveBean(LagReader.class)
                        .doesNotHaveBean(LagGauges.class));
        complete.withPropertyValues("milena.outbox.enabled=false")
                .run(context ->
                        assertThat(context).doesNotHaveBean(Outbox.class).doesNotHaveBean(OutboxRelay.class));
    }

    @Test
    void retries_stay_in_place_if_that_is_wanted_or_nothing_else_is_possible() {
        complete.withPropertyValues("milena.listener.retry.park=false")
                .run(context ->
                        assertThat(context).doesNotHaveBean(Retrier.class).hasBean(MilenaListener.CONTAINER_FACTORY));
        withoutDatabase.run(context -> assertThat(context).doesNotHaveBean(Retrier.class));
        complete.withPropertyValues("milena.listener.retry.max-interval=10ms")
                .run(
                        context -> assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining(
                                        "milena.listener.retry.max-interval (PT0.01S) must not be shorter than initial-interval"));
    }

    @Test
    void a_bean_of_the_application_takes_the_place_of_ours() {
        BrokerAdmin own = new BrokerAdmin(Map.of("bootstrap.servers", "localhost:2"), Duration.ofSeconds(1));
        complete.withBean("ownAdmin", BrokerAdmin.class, () -> own).run(context -> {
            assertThat(context).hasSingleBean(BrokerAdmin.class);
            assertThat(context.getBean(BrokerAdmin.class)).isSameAs(own);
            assertThat(context).hasSingleBean(EventCodec.class);
        });
    }

    @Test
    void health_steps_back_for_the_application_s_own_and_can_be_switched_off() {
        HealthIndicator own = () -> Health.up().build();
        complete.withBean("milenaHealthContributor", HealthIndicator.class, () -> own)
                .run(context ->
                        assertThat(context).getBean("milenaHealthContributor").isSameAs(own));
        for (String property : List.of("management.health.milena.enabled", "management.health.defaults.enabled")) {
            complete.withPropertyValues(property + "=false")
                    .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("milenaHealthContributor"));
        }
        complete.withPropertyValues("management.health.defaults.enabled=false", "management.health.milena.enabled=true")
                .run(context -> assertThat(context).hasBean("milenaHealthContributor"));
    }

    @Test
    void there_are_spans_where_there_is_a_tracer_and_none_where_not() {
        complete.withBean(Tracer.class, () -> Tracer.NOOP)
                .withBean(Propagator.class, () -> Propagator.NOOP)
                .run(context -> {
                    assertThat(context).getBean(Tracing.class).isInstanceOf(TracerTracing.class);
                    assertThat(context).hasSingleBean(TransactionSpans.class);
                });
        complete.run(context -> assertThat(context)
                .hasSingleBean(Outbox.class)
                .doesNotHaveBean(Tracing.class)
                .doesNotHaveBean(TransactionSpans.class));
        complete.withClassLoader(new FilteredClassLoader("io.micrometer.tracing"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(Outbox.class)
                        .hasBean(MilenaListener.CONTAINER_FACTORY)
                        .doesNotHaveBean(Tracing.class));
        complete.withBean(Tracer.class, () -> Tracer.NOOP)
                .withBean(Propagator.class, () -> Propagator.NOOP)
                .withBean(Tracing.class, () -> Tracing.PASS_ON)
                .run(context -> assertThat(context).getBean(Tracing.class).isSameAs(Tracing.PASS_ON));
    }

    @Test
    void a_service_connection_is_stronger_than_the_property() {
        KafkaConnectionDetails elsewhere = () -> List.of("localhost:3");
        complete.withBean(KafkaConnectionDetails.class, () -> elsewhere).run(context -> {
            assertThat(context.getBean(BrokerAdmin.class).bootstrapServers()).isEqualTo("localhost:3");
            ProducerFactory<?, ?> producers = context.getBean(ProducerFactory.class);
            assertThat(producers.getConfigurationProperties())
                    .containsEntry("bootstrap.servers", List.of("localhost:3"));
            ConcurrentKafkaListenerContainerFactory<?, ?> listeners =
                    context.getBean(MilenaListener.CONTAINER_FACTORY, ConcurrentKafkaListenerContainerFactory.class);
            assertThat(listeners.getConsumerFactory().getConfigurationProperties())
                    .containsEntry("bootstrap.servers", List.of("localhost:3"));
        });
    }

    @Test
    void properties_have_defaults_units_and_checks() {
        complete.withPropertyValues("milena.outbox.poll-interval=250ms", "milena.listener.retry.max-retries=7")
                .run(context -> {
                    OutboxProperties outbox = context.getBean(OutboxProperties.class);
                    assertThat(outbox.pollInterval()).isEqualTo(Duration.ofMillis(250));
                    assertThat(outbox.retention()).isEqualTo(Duration.ofDays(1));
                    ListenerProperties listener = context.getBean(ListenerProperties.class);
                    assertThat(listener.retry().maxRetries()).isEqualTo(7);
                    assertThat(listener.retry().initialInterval()).isEqualTo(Duration.ofMillis(200));
                    assertThat(listener.deadLetterSuffix()).isEqualTo("-dlt");
                });
        complete.withPropertyValues("milena.outbox.page-size=0")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("page-size must be at least 1"));
    }
}
