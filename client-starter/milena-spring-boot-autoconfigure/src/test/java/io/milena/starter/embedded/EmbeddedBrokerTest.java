package io.milena.starter.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.core.env.StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

import io.milena.starter.autoconfigure.MilenaEmbeddedAutoConfiguration;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.kafka.core.KafkaTemplate;

class EmbeddedBrokerTest {
    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(MilenaEmbeddedAutoConfiguration.class, KafkaAutoConfiguration.class))
            .withPropertyValues(
                    "spring.kafka.producer.value-serializer=org.apache.kafka.common.serialization.StringSerializer");

    @Test
    void withoutAnAddressABrokerIsThereAndGoesWithItsContext() {
        String[] address = new String[1];
        context.run(started -> {
            address[0] = started.getBean(KafkaConnectionDetails.class)
                    .getBootstrapServers()
                    .get(0);
            KafkaTemplate<String, String> template = template(started.getBean(KafkaTemplate.class));
            assertThat(template.send("events", "a", "b")
                            .get(20, TimeUnit.SECONDS)
                            .getRecordMetadata()
                            .offset())
                    .isZero();
        });
        assertThat(accepts(address[0])).isFalse();
    }

    @Test
    void twoContextsHaveTwoBrokers() {
        context.run(one -> context.run(other -> assertThat(addresses(one.getBean(KafkaConnectionDetails.class)))
                .doesNotContainAnyElementsOf(addresses(other.getBean(KafkaConnectionDetails.class)))));
    }

    @Test
    void anAddressAnywhereOrASwitchOrAMissingArtifactMeansNone() {
        for (String setting : List.of(
                "spring.kafka.bootstrap-servers=127.0.0.1:9",
                "spring.kafka.bootstrap-servers[0]=127.0.0.1:9",
                "spring.kafka.consumer.bootstrap-servers=127.0.0.1:9",
                "milena.embedded.enabled=false")) {
            context.withPropertyValues(setting)
                    .run(started -> assertThat(started).doesNotHaveBean(EmbeddedBroker.class));
        }
        context.withInitializer(each -> each.getEnvironment()
                        .getPropertySources()
                        .replace(
                                SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                new SystemEnvironmentPropertySource(
                                        SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                        Map.of("SPRING_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9"))))
                .run(started -> assertThat(started).doesNotHaveBean(EmbeddedBroker.class));
        context.withClassLoader(new FilteredClassLoader("io.milena.embedded"))
                .run(started -> assertThat(started).doesNotHaveBean(EmbeddedBroker.class));
        context.withBean(KafkaConnectionDetails.class, () -> () -> List.of("127.0.0.1:9"))
                .run(started -> assertThat(started).doesNotHaveBean(EmbeddedBroker.class));
    }

    @Test
    void aDirectoryKeepsTopicsFromOneStartToTheNext(@TempDir Path directory) {
        ApplicationContextRunner kept = context.withPropertyValues("milena.embedded.directory=" + directory);
        for (long offset = 0; offset < 2; offset++) {
            long expected = offset;
            kept.run(started -> assertThat(template(started.getBean(KafkaTemplate.class))
                            .send("events", "a", "b")
                            .get(20, TimeUnit.SECONDS)
                            .getRecordMetadata()
                            .offset())
                    .isEqualTo(expected));
        }
    }

    @Test
    void aRestartByDevToolsKeepsTheBroker() throws Exception {
        try (URLClassLoader first = restarting();
                URLClassLoader second = restarting()) {
            EmbeddedProperties properties = new EmbeddedProperties(true, 1, 0, null);
            EmbeddedBroker before = EmbeddedBroker.of(properties, first);
            String address = before.bootstrapServers().get(0);
            before.close();
            assertThat(EmbeddedBroker.of(properties, second).bootstrapServers()).containsExactly(address);
            assertThat(accepts(address)).isTrue();
        }
    }

    /** DevTools's own class loader, without the rest of it. */
    private static URLClassLoader restarting() {
        return new org.springframework.boot.devtools.restart.classloader.RestartClassLoader(new URL[0]);
    }

    private static List<String> addresses(KafkaConnectionDetails details) {
        return details.getBootstrapServers();
    }

    @SuppressWarnings("unchecked")
    private static KafkaTemplate<String, String> template(KafkaTemplate<?, ?> template) {
        return (KafkaTemplate<String, String>) template;
    }

    private static boolean accepts(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
                    1_000);
            return true;
        } catch (java.io.IOException refused) {
            return false;
        }
    }
}
