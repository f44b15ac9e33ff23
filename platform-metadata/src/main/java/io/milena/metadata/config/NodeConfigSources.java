package io.milena.metadata.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** Where a node's properties come from. Each source gives Kafka's names; the caller lays one over the other. */
public final class NodeConfigSources {
    /** In front of Kafka's names in Spring's environment. */
    public static final String SPRING_PREFIX = "milena.node.";

    private static final String ENVIRONMENT_PREFIX = "KAFKA_";
    /** Variables of the apache/kafka image and its scripts that are not configuration. */
    private static final Set<String> NOT_CONFIGURATION = Set.of(
            "KAFKA_VERSION",
            "KAFKA_HEAP_OPTS",
            "KAFKA_LOG4J_OPTS",
            "KAFKA_OPTS",
            "KAFKA_JMX_OPTS",
            "KAFKA_JMX_PORT",
            "KAFKA_JMX_HOSTNAME",
            "KAFKA_JVM_PERFORMANCE_OPTS",
            "KAFKA_GC_LOG_OPTS",
            "KAFKA_LOG4J_ROOT_LOGLEVEL",
            "KAFKA_LOG4J_LOGGERS",
            "KAFKA_TOOLS_LOG4J_LOGLEVEL",
            "KAFKA_DEBUG",
            "KAFKA_HOME");

    private NodeConfigSources() {}

    /**
     * A properties file in UTF-8; values are trimmed.
     *
     * @throws IOException if it cannot be read
     */
    public static Map<String, String> file(Path path) throws IOException {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            properties.load(in);
        } catch (IllegalArgumentException e) {
            throw new IOException(path + " is not a properties file: " + e.getMessage(), e);
        }
        return of(properties);
    }

    public static Map<String, String> of(Properties properties) {
        Map<String, String> map = new TreeMap<>();
        for (String name : properties.stringPropertyNames()) {
            map.put(name, properties.getProperty(name).trim());
        }
        return map;
    }

    /**
     * The variables of the {@code apache/kafka} image: KAFKA_NODE_ID is node.id; "___" means "-", "__" means "_" and "_"
     * means ".". CLUSTER_ID and the scripts' own variables are not configuration.
     */
    public static Map<String, String> environment(Map<String, String> environment) {
        Map<String, String> map = new TreeMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith(ENVIRONMENT_PREFIX) && !NOT_CONFIGURATION.contains(variable)) {
                map.put(nameOf(variable), value.trim());
            }
        });
        return map;
    }

    /** Of all properties those under {@link #SPRING_PREFIX}, without it. */
    public static Map<String, String> spring(Map<String, String> properties) {
        Map<String, String> map = new TreeMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(SPRING_PREFIX)) {
                map.put(name.substring(SPRING_PREFIX.length()), value.trim());
            }
        });
        return map;
    }

    /** Kafka's name for a variable of the image. */
    static String nameOf(String variable) {
        String rest = variable.substring(ENVIRONMENT_PREFIX.length()).toLowerCase(Locale.ROOT);
        StringBuilder name = new StringBuilder(rest.length());
        int i = 0;
        while (i < rest.length()) {
            if (rest.startsWith("___", i)) {
                name.append('-');
                i += 3;
            } else if (rest.startsWith("__", i)) {
                name.append('_');
                i += 2;
            } else {
                name.append(rest.charAt(i) == '_' ? '.' : rest.charAt(i));
                i++;
            }
        }
        return name.toString();
    }
}
