package io.milena.starter.flow;

import io.milena.starter.event.EventInfo;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.testing.TestBroker;
import io.milena.starter.testing.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.kafka.annotation.KafkaHandler;

/** A service whose listeners note every task in the table {@code work}, and fail at those that a test tells them to. */
final class TaskService {
    private static volatile boolean versionOne;
    private static volatile boolean databaseIsAway;
    private static final AtomicInteger REFUSED = new AtomicInteger();
    /** Tasks that no retry gets done. */
    static final Set<String> POISONED = ConcurrentHashMap.newKeySet();
    /** Tasks that cannot be done for now. */
    static final Set<String> STUCK = ConcurrentHashMap.newKeySet();

    private static final Map<String, AtomicInteger> ATTEMPTS = new ConcurrentHashMap<>();

    private TaskService() {}

    /** As it is before anything went wrong. */
    static void reset() {
        versionOne = true;
        databaseIsAway = false;
        POISONED.clear();
        STUCK.clear();
        ATTEMPTS.clear();
    }

    /** Instances of the next version, which read everything. */
    static void upgrade() {
        versionOne = false;
    }

    static void takeDatabaseAway() {
        REFUSED.set(0);
        databaseIsAway = true;
    }

    static void bringDatabaseBack() {
        databaseIsAway = false;
    }

    /** How often the worker was refused a connection since the database went away. */
    static int refused() {
        return REFUSED.get();
    }

    static int attempts(String task) {
        return ATTEMPTS.get(task).get();
    }

    /** The first version of the service cannot read a task whose text begins with "v2". */
    @EventType("task.given.v1")
    record Task(String text) {
        Task {
            if (text.startsWith("v2") && versionOne) {
                throw new IllegalArgumentException("what is v2?");
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({Worker.class, Auditor.class})
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Task.class);
        }

        @Bean
        static BeanPostProcessor outage() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof DataSource source ? new Breakable(source) : bean;
                }
            };
        }
    }

    static final class Breakable extends DelegatingDataSource {
        Breakable(DataSource target) {
            super(target);
        }

        @Override
        public Connection getConnection() throws SQLException {
            String thread = Thread.currentThread().getName();
            if (databaseIsAway && !thread.startsWith("main")) {
                REFUSED.addAndGet(thread.startsWith("worker") ? 1 : 0);
                throw new SQLTransientConnectionException("the database is away");
            }
            return super.getConnection();
        }
    }

    @MilenaListener(id = "worker", groupId = "workers", topics = "${tasks}")
    static class Worker {
        private final JdbcTemplate jdbc;

        Worker(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @KafkaHandler
        void on(Task task, EventInfo info) {
            ATTEMPTS.computeIfAbsent(task.text(), text -> new AtomicInteger()).incrementAndGet();
            jdbc.update("insert into work (worker, lane, text) values ('worker', ?, ?)", info.key(), task.text());
            if (STUCK.contains(task.text())) {
                throw new CannotAcquireLockException("somebody sits on " + task.text());
            }
            if (POISONED.contains(task.text())) {
                throw new IllegalStateException("cannot do " + task.text());
            }
        }
    }

    @MilenaListener(id = "auditor", groupId = "auditors", topics = "${tasks}")
    static class Auditor {
        private final JdbcTemplate jdbc;

        Auditor(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        @KafkaHandler
        void on(Task task, EventInfo info) {
            jdbc.update("insert into work (worker, lane, text) values ('auditor', ?, ?)", info.key(), task.text());
        }
    }

    /** Starts an instance; its topic is {@code tasks-} with the protocol's name. */
    static ConfigurableApplicationContext start(TestDatabase database, String protocol) {
        List<String> arguments = new ArrayList<>(database.arguments());
        arguments.addAll(List.of(
                "--spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers(),
                "--spring.kafka.consumer.properties.group.protocol=" + protocol,
                "--tasks=tasks-" + protocol,
                "--milena.listener.retry.initial-interval=50ms",
                "--milena.listener.retry.multiplier=2",
                "--milena.listener.retry.max-interval=400ms",
                "--milena.listener.retry.max-retries=3",
                "--milena.listener.retry.poll-interval=200ms",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.deadletters.access=unrestricted",
                "--milena.deadletters.rest.enabled=true",
                "--server.port=0",
                "--spring.main.banner-mode=off"));
        String name = "tasks-" + protocol;
        return new SpringApplicationBuilder(App.class)
                .web(WebApplicationType.SERVLET)
                .initializers(starting -> {
                    starting.getBeanFactory().registerSingleton("tasks", new NewTopic(name, 1, (short) 1));
                    starting.getBeanFactory().registerSingleton("dead", new NewTopic(name + "-dlt", 1, (short) 1));
                })
                .listeners(event -> {
                    if (event instanceof ApplicationPreparedEvent) {
                        new JdbcTemplate(new DriverManagerDataSource(database.url(), database.username(), ""))
                                .execute("create table if not exists work (id bigint generated by default as identity"
                                        + " primary key, worker varchar(20), lane varchar(300), text varchar(100))");
                    }
                })
                .run(arguments.toArray(String[]::new));
    }
}
