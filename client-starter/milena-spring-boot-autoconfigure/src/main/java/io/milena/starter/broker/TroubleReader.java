package io.milena.starter.broker;

import io.milena.starter.broker.BrokerTrouble.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What a failure of Kafka's clients means. */
public final class TroubleReader {

    private TroubleReader() {}

    /**
     * The trouble behind a failure; where the failure does not say, the way to the broker is gone step by step.
     *
     * @param configuration a client's properties
     */
    public static BrokerTrouble read(Throwable error, Map<String, ?> configuration, Duration timeout) {
        return read(error, probe(configuration, timeout));
    }

    static BrokerTrouble read(Throwable error, BrokerProbe probe) {
        for (Throwable t = error; t != null; t = t.getCause() == t ? null : t.getCause()) {
            if (t instanceof UnsupportedVersionException) {
                return new BrokerTrouble(
                        Kind.UNSUPPORTED,
                        "The broker does not speak a version this client needs: " + t.getMessage(),
                        "Use a broker of the client's generation (Milena, or Apache Kafka 2.1 or newer), and none of the"
                                + " features it lacks");
            }
            if (t instanceof AuthenticationException || t instanceof AuthorizationException) {
                return new BrokerTrouble(
                        Kind.NOT_ALLOWED,
                        "The broker refuses this client: " + t.getMessage(),
                        "Check spring.kafka.security and spring.kafka.properties.sasl.*, and the rights of the user");
            }
            if (t instanceof UnknownTopicOrPartitionException || t instanceof InvalidTopicException) {
                return missingTopic("A topic is missing: " + t.getMessage());
            }
        }
        return probe.walk()
                .orElseGet(() -> new BrokerTrouble(
                        Kind.OTHER,
                        "The broker is reached but the request failed: "
                                + error.getClass().getSimpleName() + ": " + error.getMessage(),
                        "Look into the broker's log"));
    }

    static BrokerTrouble missingTopic(String description) {
        return new BrokerTrouble(
                Kind.MISSING_TOPIC,
                description,
                "Declare it as a NewTopic bean, or create it with kafka-topics.sh --create");
    }

    static BrokerTrouble refusedTopics(String description) {
        return new BrokerTrouble(
                Kind.NOT_ALLOWED,
                description,
                "Grant this client READ of the topics (which contains DESCRIBE) and READ of the group, or correct their names");
    }

    static BrokerProbe probe(Map<String, ?> configuration, Duration timeout) {
        Object protocol = configuration.get(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);
        return new BrokerProbe(
                servers(configuration), protocol == null || "PLAINTEXT".equals(protocol.toString()), timeout);
    }

    /** The bootstrap servers of a client's properties, which may be a list or a text with commas. */
    static List<String> servers(Map<String, ?> configuration) {
        Object servers = configuration.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        return servers instanceof Iterable<?> list
                ? StreamSupport.stream(list.spliterator(), false)
                        .map(String::valueOf)
                        .toList()
                : Arrays.stream(String.valueOf(servers).split(","))
                        .map(String::strip)
                        .toList();
    }
}
