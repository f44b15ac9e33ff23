package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.database.EventDatabase;
import io.milena.starter.deadletter.DeadLetters;
import io.milena.starter.event.EventInfo;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.MethodParameter;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListenerConfigurer;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;

/** Outbox, listener and dead letters in an application whose own listeners are batched, transactional and acknowledged by hand. */
class OwnSettingsFlowTest {

    private static final List<String> HEARD = new CopyOnWriteArrayList<>();

    @EventType("call.made.v1")
    record CallMade(String calleeName) {}

    /** Something only the application's own argument resolver knows. */
    record Tone(String name) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Switchboard.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(CallMade.class);
        }

        @Bean
        NewTopic calls() {
            return new NewTopic("own-settings-calls", 1, (short) 1);
        }

        @Bean
        NewTopic deadCalls() {
            return new NewTopic("own-settings-calls-dlt", 1, (short) 1);
        }

        /** Spring Boot declares none beside Kafka's. */
        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        @Bean
        KafkaListenerConfigurer tones() {
            return registrar -> registrar.setCustomMethodArgumentResolvers(new HandlerMethodArgumentResolver() {
                @Override
                public boolean supportsParameter(MethodParameter parameter) {
                    return parameter.getParameterType() == Tone.class;
                }

                @Override
                public Object resolveArgument(MethodParameter parameter, Message<?> message) {
                    return new Tone("low");
                }
            });
        }
    }

    @MilenaListener(id = "switchboard", groupId = "own-settings", topics = "own-settings-calls")
    static class Switchboard {
        @KafkaHandler
        void on(CallMade call, EventInfo info, Tone tone) {
            if (call.calleeName().equals("nobody")) {
                throw new IllegalStateException("nobody answers");
            }
            HEARD.add(call.calleeName() + " " + tone.name() + " " + info.key());
        }
    }

    @Test
    void what_is_set_for_other_listeners_and_producers_does_not_break_events() {
        try (ConfigurableApplicationContext context = start(
                "spring.kafka.listener.type=batch",
                "spring.kafka.listener.ack-mode=manual",
                "spring.kafka.producer.transaction-id-prefix=own-",
                "milena.listener.retry.max-retries=0")) {
            say(context, "Ana");
            say(context, "nobody");
            say(context, "Ben");
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(HEARD).containsExactly("Ana low Ana", "Ben low Ben");
                assertThat(context.getBean(DeadLetters.class).waiting()).isEqualTo(1);
            });
        }
    }

    @Test
    void listeners_that_are_not_to_start_by_themselves_do_not() {
        HEARD.clear();
        try (ConfigurableApplicationContext context = start("spring.kafka.listener.auto-startup=false")) {
            context.getBean(BrokerAdmin.class).firstAnswer().join();
            KafkaListenerEndpointRegistry registry = context.getBean(KafkaListenerEndpointRegistry.class);
            await().during(Duration.ofSeconds(1))
                    .until(() -> !registry.getListenerContainer("switchboard").isRunning());
            registry.getListenerContainer("switchboard").start();
            say(context, "Cid");
            await().atMost(Duration.ofSeconds(20)).until(() -> HEARD.contains("Cid low Cid"));
        }
    }

    private static void say(ConfigurableApplicationContext context, String name) {
        context.getBean(EventDatabase.class)
                .inTransaction()
                .executeWithoutResult(
                        status -> context.getBean(Outbox.class).append("own-settings-calls", name, new CallMade(name)));
    }

    private static ConfigurableApplicationContext start(String... settings) {
        List<String> arguments = new ArrayList<>(TestDatabase.h2().arguments());
        arguments.add("--spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers());
        arguments.add("--spring.main.banner-mode=off");
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .run(arguments.toArray(String[]::new));
    }
}
