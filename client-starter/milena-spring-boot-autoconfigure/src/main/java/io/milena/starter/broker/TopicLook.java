package io.milena.starter.broker;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * What the broker says of some topics, of each for itself.
 *
 * @param refused of which it says nothing, and why: as a rule the client lacks the right to describe them
 */
record TopicLook(Set<String> existing, Set<String> missing, Map<String, String> refused) {

    /** @throws org.apache.kafka.common.KafkaException if the broker does not answer */
    static TopicLook at(BrokerAdmin admin, Collection<String> names) {
        TopicLook look = new TopicLook(new TreeSet<>(), new TreeSet<>(), new TreeMap<>());
        Map<String, KafkaFuture<TopicDescription>> answers =
                admin.client().describeTopics(names).topicNameValues();
        answers.forEach((name, answer) -> {
            try {
                admin.await(answer);
                look.existing.add(name);
            } catch (UnknownTopicOrPartitionException e) {
                look.missing.add(name);
            } catch (UnsupportedVersionException e) {
                throw e;
            } catch (ApiException e) {
                throwIfNoAnswer(e);
                look.refused.put(name, String.valueOf(e.getMessage()));
            }
        });
        return look;
    }

    /** Passes on what is no answer about a topic, but none at all. */
    static void throwIfNoAnswer(ApiException error) {
        if (error instanceof TimeoutException
                || error instanceof DisconnectException
                || error instanceof AuthenticationException) {
            throw error;
        }
    }
}
