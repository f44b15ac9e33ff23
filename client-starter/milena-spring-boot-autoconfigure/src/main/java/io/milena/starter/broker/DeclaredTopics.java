package io.milena.starter.broker;

import io.milena.starter.broker.BrokerTrouble.Kind;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics an application declares: found, or created if they are missing, each for itself. One that cannot be created is told and tried
 * again, and stops nobody. Used by one thread, except for {@link #troubles}.
 */
final class DeclaredTopics {

    private static final Logger log = LoggerFactory.getLogger(DeclaredTopics.class);

    private final Map<String, NewTopic> unsettled = new TreeMap<>();
    private final RepeatedWarning warning = new RepeatedWarning(log);
    private volatile Map<String, BrokerTrouble> troubles = Map.of();

    DeclaredTopics(Collection<NewTopic> topics) {
        topics.forEach(topic -> unsettled.putIfAbsent(topic.name(), topic));
    }

    /** What keeps topics from being created, by their names. From any thread. */
    Map<String, BrokerTrouble> troubles() {
        return troubles;
    }

    /**
     * Looks for what has not been found yet, and creates what is missing.
     *
     * @return whether nothing is left to do
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer
     */
    boolean settle(BrokerAdmin admin) {
        if (unsettled.isEmpty()) {
            return true;
        }
        unsettled.keySet().removeAll(TopicLook.at(admin, unsettled.keySet()).existing());
        Map<String, BrokerTrouble> found = new TreeMap<>();
        Map<String, KafkaFuture<Void>> created =
                admin.client().createTopics(unsettled.values()).values();
        created.forEach((name, answer) -> {
            try {
                admin.await(answer);
                log.debug("Topic {} is created", name);
                unsettled.remove(name);
            } catch (TopicExistsException e) {
                unsettled.remove(name); // by another instance, or there is no right to describe it
            } catch (ApiException e) {
                TopicLook.throwIfNoAnswer(e);
                found.put(name, trouble(name, e));
            }
        });
        troubles = Map.copyOf(found);
        if (!found.isEmpty()) {
            warning.tell(found.values().stream().map(BrokerTrouble::toString).collect(Collectors.joining(". "))
                    + ". Meanwhile everything else goes on, and it is tried again");
        }
        return unsettled.isEmpty();
    }

    private static BrokerTrouble trouble(String name, ApiException error) {
        return new BrokerTrouble(
                error instanceof AuthorizationException ? Kind.NOT_ALLOWED : Kind.MISSING_TOPIC,
                "Topic '" + name + "' is declared but cannot be created: " + withoutDot(error.getMessage()),
                action(error));
    }

    private static String withoutDot(@Nullable String message) {
        return String.valueOf(message).replaceFirst("[.]+$", "");
    }

    private static String action(ApiException error) {
        if (error instanceof AuthorizationException) {
            return "Have it created by somebody who may, or grant this client CREATE and DESCRIBE of it";
        }
        if (error instanceof InvalidReplicationFactorException) {
            return "Declare it with no more replicas than there are brokers (-1 takes the cluster's default), or start"
                    + " more brokers";
        }
        return "Correct its NewTopic bean, or create it with kafka-topics.sh --create";
    }
}
