package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.broker.BrokerTrouble;
import io.milena.starter.broker.BrokerTrouble.Kind;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.testing.Gate;
import io.milena.starter.testing.TestBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A start that meets trouble: it goes on, says what is wrong and where, and recovers by itself. */
@ExtendWith(OutputCaptureExtension.class)
class StartFlowTest {

    private static final List<String> HEARD = new CopyOnWriteArrayList<>();

    @EventType("word.v1")
    record Word(String text) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Ear.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Word.class);
        }
    }

    @MilenaListener(id = "ear", groupId = "ears", topics = "words")
    static class Ear {
        @KafkaHandler
        void on(Word word) {
            HEARD.add(word.text());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Impatient {
        @Bean
        ApplicationRunner impatient() {
            return arguments -> {
                throw new TimeoutException("Timed out waiting for a node assignment.");
            };
        }
    }

    @Test
    void a_start_before_the_broker_is_quick_says_so_and_catches_up(CapturedOutput output) throws Exception {
        try (Gate gate = new Gate()) {
            gate.leadTo(TestBroker.advertising(gate.address()).bootstrapServers());
            gate.close();
            long startNs = System.nanoTime();
            try (ConfigurableApplicationContext context = start(gate.address())) {
                await().atMost(Duration.ofSeconds(3))
                        .untilAsserted(() -> assertThat(output)
                                .contains("No broker is reached: " + gate.address() + " (connection refused)"));
                assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(15));
                say(context, "early");

                gate.open();
                await().atMost(Duration.ofSeconds(10))
                        .untilAsserted(() -> assertThat(output)
                                .contains("Listeners [ear] wait for topics that do not exist: [words]"));
                Health listeners = health(context, "listeners");
                assertThat(listeners.getStatus()).isEqualTo(Status.DOWN);
                assertThat(listeners.getDetails().get("waitingFor").toString()).contains("[words]");

                context.getBean(BrokerAdmin.class)
                        .client()
                        .createTopics(List.of(new NewTopic("words", 1, (short) 1)))
                        .all()
                        .get();
                await().atMost(Duration.ofSeconds(20)).until(() -> HEARD.equals(List.of("early")));
                assertThat(health(context, "listeners").getStatus()).isEqualTo(Status.UP);
                assertThat(output.getOut().split("No broker is reached", -1)).hasSize(2); // told once
            }
        }
    }

    @Test
    void what_is_wrong_is_found_out() throws IOException {
        assertThat(explained("localhost:1", new TimeoutException("t"))).satisfies(trouble -> {
            assertThat(trouble.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(trouble.toString()).contains("localhost:1 (connection refused)", "bootstrap-servers");
        });
        assertThat(explained("nowhere.invalid:9092", new TimeoutException("t")).description())
                .contains("the name 'nowhere.invalid' does not resolve");
        String misled = TestBroker.advertising("nowhere.invalid:9092").bootstrapServers();
        assertThat(explained(misled, new TimeoutException("t"))).satisfies(trouble -> {
            assertThat(trouble.kind()).isEqualTo(Kind.ADVERTISED_ADDRESS);
            assertThat(trouble.toString())
                    .contains(misled, "nowhere.invalid:9092", "does not resolve", "advertised.listeners");
        });
        assertThat(explained("localhost:1", new UnsupportedVersionException("no DescribeTopicPartitions"))
                        .kind())
                .isEqualTo(Kind.UNSUPPORTED);
        assertThat(explained("localhost:1", new SaslAuthenticationException("who are you"))
                        .kind())
                .isEqualTo(Kind.NOT_ALLOWED);
        try (ServerSocket web = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
            answerAsAWebServer(web);
            assertThat(explained("localhost:" + web.getLocalPort(), new TimeoutException("t"))
                            .kind())
                    .isEqualTo(Kind.NO_BROKER);
        }
    }

    @Test
    void an_application_that_cannot_start_without_the_broker_fails_with_the_reason(CapturedOutput output) {
        SpringApplicationBuilder impatient = new SpringApplicationBuilder(Impatient.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.kafka.bootstrap-servers=localhost:1", "spring.datasource.url=jdbc:h2:mem:impatient");
        assertThatThrownBy(impatient::run).isInstanceOf(TimeoutException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("No broker is reached: localhost:1 (connection refused)");
    }

    @Test
    void a_wrong_setting_is_told_in_one_line(CapturedOutput output) {
        SpringApplicationBuilder wrong = new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties("spring.datasource.url=jdbc:h2:mem:wrong", "milena.outbox.page-size=0");
        assertThatThrownBy(wrong::run).isInstanceOf(RuntimeException.class);
        assertThat(output).contains("milena.outbox.page-size must be at least 1, not 0");
    }

    @Test
    void a_database_whose_transactions_nobody_manages_is_told_with_what_to_do(CapturedOutput output) {
        SpringApplicationBuilder kafkasAlone = new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.datasource.url=jdbc:h2:mem:alone", "spring.kafka.producer.transaction-id-prefix=tx-");
        assertThatThrownBy(kafkasAlone::run).isInstanceOf(RuntimeException.class);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("{kafkaTransactionManager=KafkaTransactionManager}")
                .contains("Declare a JdbcTransactionManager (or JpaTransactionManager) of that DataSource");
    }

    private static BrokerTrouble explained(String servers, RuntimeException error) {
        try (BrokerAdmin admin = new BrokerAdmin(Map.of("bootstrap.servers", servers), Duration.ofSeconds(1))) {
            return admin.explain(error);
        }
    }

    private static void answerAsAWebServer(ServerSocket server) {
        Thread web = new Thread(() -> {
            try (Socket client = server.accept()) {
                client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
            } catch (IOException closed) {
                // the test is over
            }
        });
        web.setDaemon(true);
        web.start();
    }

    private static void say(ConfigurableApplicationContext context, String text) {
        new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status -> context.getBean(Outbox.class).append("words", "k", new Word(text)));
    }

    private static Health health(ConfigurableApplicationContext context, String part) {
        CompositeHealthContributor all = context.getBean("milenaHealthContributor", CompositeHealthContributor.class);
        return ((HealthIndicator) all.getContributor(part)).health();
    }

    private static ConfigurableApplicationContext start(String servers) {
        return new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.kafka.bootstrap-servers=" + servers,
                        "spring.datasource.url=jdbc:h2:mem:start",
                        "milena.broker.request-timeout=1s",
                        "milena.broker.retry-interval=200ms",
                        "spring.main.banner-mode=off")
                .run();
    }
}
