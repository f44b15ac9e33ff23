package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventInfo;
import io.milena.starter.event.EventJson;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.testing.TestBroker;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaHandler;

/** The starter as it comes, in an application that has no JDBC on its classpath: listeners that try again in place. */
class WithoutDatabaseTest {

    private static final Pattern JDBC = Pattern.compile(
            "/(spring-boot-(starter-)?jdbc|spring-boot-transaction|spring-jdbc|HikariCP|h2|postgresql)-[0-9.]+[.]jar$");

    @EventType("bell.rung.v1")
    record BellRung(String house) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Door.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(BellRung.class);
        }

        @Bean
        NewTopic bells() {
            return new NewTopic("without-database-bells", 1, (short) 1);
        }
    }

    @MilenaListener(id = "door", groupId = "without-database", topics = "without-database-bells")
    static class Door {
        private int attempts;

        @KafkaHandler
        void on(BellRung bell) {
            attempts++;
            if (attempts < 3) {
                throw new IllegalStateException("nobody heard it");
            }
            System.setProperty("test.without-database", bell.house() + " after " + attempts + " attempts");
        }
    }

    /** Started with a class loader of its own. */
    public static final class Start {
        private Start() {}

        /** Runs until it is closed. */
        public static AutoCloseable application(String servers) {
            return new SpringApplicationBuilder(App.class)
                    .web(WebApplicationType.NONE)
                    .run("--spring.kafka.bootstrap-servers=" + servers, "--spring.main.banner-mode=off");
        }
    }

    @Test
    void an_application_without_jdbc_starts_and_tries_again_in_place() throws Exception {
        String servers = TestBroker.shared().bootstrapServers();
        System.clearProperty("test.without-database");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader withoutJdbc =
                new URLClassLoader(classpathWithoutJdbc(), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(withoutJdbc);
            try (AutoCloseable application = (AutoCloseable) withoutJdbc
                    .loadClass(Start.class.getName())
                    .getMethod("application", String.class)
                    .invoke(null, servers)) {
                Thread.currentThread().setContextClassLoader(before);
                ring(servers);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(System.getProperty("test.without-database"))
                                .isEqualTo("number 7 after 3 attempts"));
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static void ring(String servers) throws Exception {
        EventCodec codec = new EventCodec(
                EventTypes.of(BellRung.class), EventJson.with(List.of()).mapper());
        EventInfo info = new EventInfo("bell-1", "bell.rung.v1", "test", null, "7", "bell-1", null);
        try (Producer<String, byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(codec.record(
                            "without-database-bells", "7", info, Map.of(), codec.write(new BellRung("number 7"))))
                    .get();
        }
    }

    private static URL[] classpathWithoutJdbc() throws MalformedURLException {
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<URL> all = new ArrayList<>();
        for (String entry : Arrays.asList(classpath.split(File.pathSeparator))) {
            if (!JDBC.matcher(entry).find()) {
                all.add(new File(entry).toURI().toURL());
            }
        }
        assertThat(all).hasSizeLessThan(classpath.split(File.pathSeparator).length);
        return all.toArray(URL[]::new);
    }
}
