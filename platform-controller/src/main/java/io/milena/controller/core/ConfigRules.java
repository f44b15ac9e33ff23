package io.milena.controller.core;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.jspecify.annotations.Nullable;

/** What the controller must know about configuration keys; the tables themselves live in the metadata room. */
public interface ConfigRules {
    /**
     * Checks the whole configuration that a resource would have.
     *
     * @param before what it has
     * @throws org.apache.kafka.common.errors.ApiException with Kafka's error code and text if it may not be
     */
    void validate(ConfigResource resource, Map<String, String> before, Map<String, String> after);

    /**
     * Asks the operator's {@code create.topic.policy.class.name} (KIP-108).
     *
     * @throws org.apache.kafka.common.errors.PolicyViolationException if the topic may not be created
     */
    default void checkCreation(CreateTopicPolicy.RequestMetadata topic) {}

    /**
     * Asks the operator's {@code alter.config.policy.class.name} (KIP-133).
     *
     * @param changes keys and new values, without removals
     * @throws org.apache.kafka.common.errors.PolicyViolationException if the change may not be made
     */
    default void checkChange(ConfigResource resource, Map<String, String> changes) {}

    /** Whether topics may be deleted: {@code delete.topic.enable}. */
    default boolean topicDeletionEnabled() {
        return true;
    }

    /** Whether values of the key are comma-separated lists, which APPEND and SUBTRACT work on: of topics and brokers only. */
    boolean isList(ConfigResource.Type type, String key);

    /** The default of the key by its definition, whatever a node's file says; null if it has none or there is no such key. */
    @Nullable
    String keyDefault(ConfigResource.Type type, String key);

    /** Whether a value must not be shown or logged. */
    boolean isSensitive(ConfigResource.Type type, String key);

    /**
     * The value a topic has without an override of its own: from this node's static configuration or Kafka's default.
     *
     * @return null for an unknown key
     */
    @Nullable
    String topicDefault(String topicKey);

    /** Whether {@link #topicDefault} comes from this node's static configuration. */
    boolean isStatic(String topicKey);

    /** The broker-level synonym of a topic key: {@code retention.ms} is {@code log.retention.ms}. */
    String brokerSynonym(String topicKey);

    /** Every topic key, for the answer to CreateTopics. */
    List<String> topicKeys();
}
