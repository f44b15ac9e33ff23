package io.milena.starter.retry;

import io.milena.starter.event.EventInfo;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaHandler;

/**
 * A service to be killed. What it does about a text that begins with "troubled" is up to files beside it: while {@code fail} is there it throws, while
 * {@code hang} is there it stops in the middle of its work and says so with {@code hanging}.
 */
final class RetryProcess {

    private RetryProcess() {}

    @EventType("duty.v1")
    record Duty(String text) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Servant.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Duty.class);
        }
    }

    @MilenaListener(id = "servant", groupId = "${duties}-servants", topics = "${duties}")
    static class Servant {
        private final JdbcTemplate jdbc;
        private final Path directory;

        Servant(JdbcTemplate jdbc, @Value("${directory}") Path directory) {
            this.jdbc = jdbc;
            this.directory = directory;
        }

        @KafkaHandler
        void on(Duty duty, EventInfo info) throws IOException, InterruptedException {
            jdbc.update("insert into work (lane, text) values (?, ?)", info.key(), duty.text());
            if (duty.text().startsWith("troubled")) {
                if (Files.exists(directory.resolve("fail"))) {
                    throw new IllegalStateException("told to fail");
                }
                if (Files.exists(directory.resolve("hang"))) {
                    Files.createFile(directory.resolve("hanging"));
                    new CountDownLatch(1).await();
                }
            }
        }
    }

    public static void main(String[] arguments) {
        new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.NONE)
                .properties("spring.docker.compose.enabled=false") // only a JVM of JUnit does without it
                .run(arguments);
    }
}
