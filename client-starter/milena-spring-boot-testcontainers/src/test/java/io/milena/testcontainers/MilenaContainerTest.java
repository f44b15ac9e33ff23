package io.milena.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.starter.docker.AdvertisedAddress;
import java.lang.reflect.Constructor;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.core.KafkaTemplate;
import org.testcontainers.DockerClientFactory;

/** A broker in a container, found by an application through its connection details: no address is configured anywhere. */
@EnabledIf(
        value = "theImageIsHere",
        disabledReason = "needs a Docker engine with the image milena/node, which bin/image builds")
@SpringBootTest(
        classes = MilenaContainerTest.Application.class,
        properties = {
            "spring.autoconfigure.exclude=org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "spring.kafka.consumer.auto-offset-reset=earliest"
        })
@Timeout(120)
class MilenaContainerTest {
    @Autowired
    MilenaContainer container;

    @Autowired
    KafkaTemplate<Object, Object> kafka;

    @Autowired
    Application application;

    @Autowired
    Environment environment;

    static boolean theImageIsHere() {
        return DockerClientFactory.instance().isDockerAvailable()
                && !DockerClientFactory.lazyClient()
                        .listImagesCmd()
                        .withImageNameFilter(MilenaContainer.IMAGE)
                        .exec()
                        .isEmpty();
    }

    @Test
    void aRecordGoesThroughTheMappedPort() throws Exception {
        kafka.send("greetings", "key", "hello").get(30, TimeUnit.SECONDS);
        assertThat(application.heard.poll(30, TimeUnit.SECONDS)).isEqualTo("hello");
        assertThat(advertised()).isEqualTo(container.getMappedPort(9092)).isNotEqualTo(9092);
    }

    @Test
    void composeTellsABrokerItsMappedPortAndTheApplicationTheBroker() throws Exception {
        new AdvertisedAddress(container.getHost(), container.getMappedPort(9404)).set(9092, "localhost", 9092);

        KafkaConnectionDetails details = (KafkaConnectionDetails)
                new ConnectionDetailsFactories(getClass().getClassLoader())
                        .getConnectionDetails(source(new Running("milena/node:latest", Map.of())), true)
                        .get(KafkaConnectionDetails.class);

        assertThat(details.getBootstrapServers()).containsExactly(container.getBootstrapServers());
        assertThat(advertised()).isEqualTo(container.getMappedPort(9092));
    }

    @Test
    void composeKnowsABrokerOfAnotherNameByItsLabelAndLeavesOthersAlone() throws Exception {
        String label = "org.springframework.boot.service-connection";
        assertThat(found(new Running("registry.example.com/events:7", Map.of(label, "milena"))))
                .isTrue();
        assertThat(found(new Running("registry.example.com/events:7", Map.of())))
                .isFalse();
    }

    @Test
    void aBrokerThatDoesNotLetItselfBeToldSaysWhatToDo() {
        try (MilenaContainer closed =
                new MilenaContainer().withProperty("milena.spring.management.endpoint.listeners.access", "read-only")) {
            assertThatThrownBy(closed::start)
                    .hasStackTraceContaining("KAFKA_MILENA_SPRING_MANAGEMENT_ENDPOINT_LISTENERS_ACCESS=unrestricted");
        }
    }

    private int advertised() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", container.getBootstrapServers()))) {
            Node broker = admin.describeCluster()
                    .nodes()
                    .get(20, TimeUnit.SECONDS)
                    .iterator()
                    .next();
            return broker.port();
        }
    }

    private boolean found(RunningService service) throws Exception {
        return new ConnectionDetailsFactories(getClass().getClassLoader())
                .getConnectionDetails(source(service), false)
                .containsKey(KafkaConnectionDetails.class);
    }

    /** As Spring Boot makes it of a service that {@code docker compose ps} names. */
    private DockerComposeConnectionSource source(RunningService service) throws Exception {
        Constructor<DockerComposeConnectionSource> constructor =
                DockerComposeConnectionSource.class.getDeclaredConstructor(RunningService.class, Environment.class);
        constructor.setAccessible(true);
        return constructor.newInstance(service, environment);
    }

    /** The container, as it were a service of a Compose file. */
    private final class Running implements RunningService, ConnectionPorts {
        private final ImageReference image;
        private final Map<String, String> labels;

        Running(String image, Map<String, String> labels) {
            this.image = ImageReference.of(image);
            this.labels = labels;
        }

        @Override
        public String name() {
            return "broker";
        }

        @Override
        public ImageReference image() {
            return image;
        }

        @Override
        public String host() {
            return container.getHost();
        }

        @Override
        public ConnectionPorts ports() {
            return this;
        }

        @Override
        public Map<String, String> env() {
            return Map.of();
        }

        @Override
        public Map<String, String> labels() {
            return labels;
        }

        @Override
        public int get(int containerPort) {
            return container.getMappedPort(containerPort);
        }

        @Override
        public List<Integer> getAll() {
            return container.getExposedPorts().stream().map(this::get).toList();
        }

        @Override
        public List<Integer> getAll(String protocol) {
            return getAll();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

        @Bean
        @ServiceConnection
        static MilenaContainer milena() {
            return new MilenaContainer();
        }

        @KafkaListener(id = "listener", groupId = "listeners", topics = "greetings")
        void hear(String greeting) {
            heard.add(greeting);
        }
    }
}
