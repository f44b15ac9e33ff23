package io.milena.broker.app;

import io.milena.broker.node.MilenaNode;
import io.milena.metadata.config.NodeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.GenericApplicationContext;

/**
 * What Spring Boot adds to a running node: Actuator with health, metrics, quorum and topics. It attaches to the engine and can be slow or
 * fail without the engine's clients noticing (docs/adr/0002-engine-first.md).
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class NodeApplication {
    private static final Logger LOG = LoggerFactory.getLogger(NodeApplication.class);
    /** Held, because java.util.logging forgets the levels of loggers nobody holds: Tomcat tells of each start otherwise. */
    private static final java.util.logging.Logger TOMCAT = java.util.logging.Logger.getLogger("org.apache");

    private static final String PREFIX = "milena.spring.";

    /** Raises the context around {@code node}; returns when it is up, or null if it has failed, which is logged and nothing more. */
    static @Nullable ConfigurableApplicationContext raise(MilenaNode node, NodeConfig config) {
        TOMCAT.setLevel(java.util.logging.Level.WARNING);
        SpringApplication application = new SpringApplication(NodeApplication.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        application.setDefaultProperties(defaults(config));
        application.addInitializers(context -> ((GenericApplicationContext) context)
                .registerBean(MilenaNode.class, () -> node, definition -> definition.setDestroyMethodName("")));
        try {
            return application.run();
        } catch (RuntimeException failed) {
            LOG.error("Spring's context could not be raised: there is no Actuator, but the node serves on", failed);
            return null;
        }
    }

    static Map<String, Object> defaults(NodeConfig config) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        Properties shipped = new Properties();
        try (InputStream in = NodeApplication.class.getResourceAsStream("node.properties")) {
            shipped.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        shipped.forEach((key, value) -> defaults.put((String) key, value));
        defaults.put("spring.application.name", "milena-node-" + config.nodeId());
        config.given().forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                defaults.put(key.substring(PREFIX.length()), value);
            }
        });
        return defaults;
    }

    @Bean
    BrokerHealth brokerHealthIndicator(MilenaNode node) {
        return new BrokerHealth(node);
    }

    @Bean
    LogDirectoriesHealth logDirectoriesHealthIndicator(MilenaNode node) {
        return new LogDirectoriesHealth(node);
    }

    @Bean
    MetadataHealth metadataHealthIndicator(MilenaNode node) {
        return new MetadataHealth(node);
    }

    @Bean
    QuorumEndpoint quorumEndpoint(MilenaNode node) {
        return new QuorumEndpoint(node);
    }

    @Bean
    ListenersEndpoint listenersEndpoint(MilenaNode node) {
        return new ListenersEndpoint(node);
    }

    @Bean
    TopicsEndpoint topicsEndpoint(MilenaNode node) {
        return new TopicsEndpoint(node);
    }

    @Bean
    NodeMetrics nodeMetrics(MilenaNode node) {
        return new NodeMetrics(node);
    }
}
