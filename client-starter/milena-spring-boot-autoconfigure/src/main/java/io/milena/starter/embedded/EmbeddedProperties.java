package io.milena.starter.embedded;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The broker inside the application, with {@code milena-embedded} on the classpath and no {@code spring.kafka.bootstrap-servers}.
 *
 * @param enabled whether there may be one
 * @param brokers how many nodes; each is broker and controller
 * @param port of the first node, the others have the following ones; 0 takes free ones
 * @param directory where topics are kept from one start to the next; a temporary directory, deleted in the end, if not set
 */
@ConfigurationProperties("milena.embedded")
public record EmbeddedProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("1") int brokers,
        @DefaultValue("0") int port,
        @Nullable Path directory) {}
