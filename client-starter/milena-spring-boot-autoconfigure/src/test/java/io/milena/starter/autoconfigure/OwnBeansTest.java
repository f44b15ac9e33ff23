package io.milena.starter.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.database.EventDatabase;
import io.milena.starter.database.NoTransactionManagerException;
import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventInfo;
import io.milena.starter.event.EventJson;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.inbox.Inbox;
import io.milena.starter.lag.LagReader;
import io.milena.starter.outbox.OutboxRelay;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaAdmin.NewTopics;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The starter in an application that has beans and settings of its own, with all of Spring Boot's autoconfigurations. No broker is there. */
class OwnBeansTest {

    private static final Map<String, Object> ELSEWHERE = Map.of("bootstrap.servers", "localhost:2");

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withUserConfiguration(Everything.class)
            .withPropertyValues("spring.kafka.bootstrap-servers=localhost:1", "spring.datasource.url=jdbc:h2:mem:own");

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Everything {}

    @EventType("cup.filled.v1")
    record CupFilled(String cupId, int millilitres) {}

    @Configuration(proxyBeanMethods = false)
    static class SeveralClients {
        @Bean
        ConsumerFactory<String, Integer> numbers() {
            return new DefaultKafkaConsumerFactory<>(ELSEWHERE);
        }

        @Bean
        ConsumerFactory<String, String> words() {
            return new DefaultKafkaConsumerFactory<>(ELSEWHERE);
        }

        @Bean
        ProducerFactory<String, Integer> numbersOut() {
            return new DefaultKafkaProducerFactory<>(ELSEWHERE);
        }

        @Bean
        ProducerFactory<String, String> wordsOut() {
            return new DefaultKafkaProducerFactory<>(ELSEWHERE);
        }

        @Bean
        KafkaTemplate<String, String> template(ProducerFactory<String, String> wordsOut) {
            return new KafkaTemplate<>(wordsOut);
        }

        @Bean
        KafkaAdmin here() {
            return quiet(new KafkaAdmin(ELSEWHERE));
        }

        @Bean
        KafkaAdmin there() {
            return quiet(new KafkaAdmin(ELSEWHERE));
        }

        private static KafkaAdmin quiet(KafkaAdmin admin) {
            admin.setAutoCreate(false);
            return admin;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Topics {
        @Bean
        NewTopic alone() {
            return new NewTopic("alone", 1, (short) 1);
        }

        @Bean
        NewTopics together() {
            return new NewTopics(new NewTopic("first", 1, (short) 1), new NewTopic("second", 1, (short) 1));
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class SeveralMappers {
        @Bean
        JsonMapper plain() {
            return new JsonMapper();
        }

        @Bean
        JsonMapper snake() {
            return JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class JdbcTransactions {
        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Contracts {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(CupFilled.class);
        }
    }

    @Test
    void several_factories_and_admins_are_none_of_ours() {
        application.withUserConfiguration(SeveralClients.class).run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(OutboxRelay.class).hasSingleBean(LagReader.class);
            assertThat(context.getBean(BrokerAdmin.class).bootstrapServers()).isEqualTo("localhost:1");
        });
    }

    @Test
    void the_only_admin_of_the_application_is_ours() {
        application
                .withBean("its", KafkaAdmin.class, () -> new KafkaAdmin(ELSEWHERE))
                .run(context -> assertThat(context.getBean(BrokerAdmin.class).bootstrapServers())
                        .isEqualTo("localhost:2"));
    }

    @Test
    void topics_declared_together_are_created_and_none_if_that_is_not_wanted() {
        application
                .withUserConfiguration(Topics.class)
                .run(context -> assertThat(toCreate(context))
                        .extracting(NewTopic::name)
                        .containsExactlyInAnyOrder("alone", "first", "second"));
        application
                .withUserConfiguration(Topics.class)
                .withPropertyValues("spring.kafka.admin.auto-create=false")
                .run(context -> assertThat(toCreate(context)).isEmpty());
    }

    @Test
    void events_keep_their_json_whatever_rest_is_told() {
        application
                .withUserConfiguration(Contracts.class)
                .withPropertyValues(
                        "spring.jackson.property-naming-strategy=SNAKE_CASE",
                        "spring.jackson.deserialization.fail-on-unknown-properties=true")
                .run(context -> {
                    EventCodec codec = context.getBean(EventCodec.class);
                    assertThat(codec.write(new CupFilled("c1", 200)))
                            .isEqualTo("{\"cupId\":\"c1\",\"millilitres\":200}");
                    assertThat(codec.read(
                                    cupFilled(), bytes("{\"cupId\":\"c1\",\"millilitres\":200,\"added\":\"later\"}")))
                            .isEqualTo(new CupFilled("c1", 200));
                });
    }

    @Test
    void several_mappers_are_none_of_ours_and_an_event_json_of_the_application_is() {
        ApplicationContextRunner severalMappers = application
                .withUserConfiguration(Contracts.class, SeveralMappers.class)
                .withPropertyValues(
                        "spring.autoconfigure.exclude=" // Spring Boot's REST wants a primary one
                                + "org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration");
        severalMappers.run(
                context -> assertThat(context.getBean(EventCodec.class).write(new CupFilled("c1", 1)))
                        .contains("cupId"));
        severalMappers
                .withBean(EventJson.class, () -> new EventJson(new SeveralMappers().snake()))
                .run(context -> assertThat(context.getBean(EventCodec.class).write(new CupFilled("c1", 1)))
                        .contains("cup_id"));
    }

    @Test
    void kafkas_transaction_manager_beside_the_databases_is_not_taken_for_it() {
        application
                .withUserConfiguration(JdbcTransactions.class)
                .withPropertyValues("spring.kafka.producer.transaction-id-prefix=tx-")
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(Inbox.class);
                    assertThat(context.getBeansOfType(PlatformTransactionManager.class))
                            .hasSize(2);
                    assertThat(context.getBean(EventDatabase.class).transactions())
                            .isInstanceOf(JdbcTransactionManager.class);
                });
    }

    @Test
    void with_kafkas_transaction_manager_alone_the_start_fails_and_says_what_to_do() {
        application
                .withPropertyValues("spring.kafka.producer.transaction-id-prefix=tx-")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(NoTransactionManagerException.class)
                        .hasMessageContaining("{kafkaTransactionManager=KafkaTransactionManager}"));
    }

    private static Collection<NewTopic> toCreate(AssertableApplicationContext context) {
        return context.getBean(DeferredTopics.class).of(context.getBean(KafkaAdmin.class));
    }

    private static EventInfo cupFilled() {
        return new EventInfo("1", "cup.filled.v1", "test", null, "c1", "1", null);
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
