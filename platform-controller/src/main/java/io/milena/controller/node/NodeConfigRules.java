package io.milena.controller.node;

import io.milena.controller.core.ConfigRules;
import io.milena.metadata.ConfigurationsImage;
import io.milena.metadata.config.BrokerConfigs;
import io.milena.metadata.config.ClientMetricsSubscriptions;
import io.milena.metadata.config.ConfigDefinition;
import io.milena.metadata.config.ConfigDefinitions;
import io.milena.metadata.config.ConfigScope;
import io.milena.metadata.config.ConfigValue;
import io.milena.metadata.config.GroupConfigs;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.TopicConfigs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.jspecify.annotations.Nullable;

/** The controller's rules about configuration keys, from the definitions in the metadata room and this node's static values. */
public final class NodeConfigRules implements ConfigRules {
    private final TopicConfigs topics;
    private final GroupConfigs groups;
    private final BrokerConfigs brokers;
    private final Policies policies;
    private final boolean topicDeletion;
    private volatile @Nullable Map<String, ConfigValue> defaults;

    public NodeConfigRules(NodeConfig node) {
        this.topics = new TopicConfigs(node);
        this.groups = new GroupConfigs(node);
        this.brokers = new BrokerConfigs(node);
        this.policies = new Policies(node);
        this.topicDeletion = node.booleanOf("delete.topic.enable");
    }

    @Override
    public void validate(ConfigResource resource, Map<String, String> before, Map<String, String> after) {
        switch (resource.type()) {
            case TOPIC -> {
                requireName(resource, "Default topic resources are not allowed.");
                Topic.validate(resource.name());
                topics.validate(after);
            }
            case BROKER -> brokers.validateChange(resource.name(), before, after);
            case GROUP -> {
                requireName(resource, "Default group resources are not allowed.");
                groups.validate(after);
            }
            case CLIENT_METRICS -> {
                requireName(resource, "Subscription name can't be empty");
                ClientMetricsSubscriptions.validate(after);
            }
            default -> throw new InvalidRequestException("Unexpected resource type " + resource.type() + ".");
        }
    }

    private static void requireName(ConfigResource resource, String otherwise) {
        if (resource.name().isEmpty()) {
            throw new InvalidRequestException(otherwise);
        }
    }

    @Override
    public void checkCreation(CreateTopicPolicy.RequestMetadata topic) {
        policies.checkCreation(topic);
    }

    @Override
    public void checkChange(ConfigResource resource, Map<String, String> changes) {
        policies.checkChange(resource, changes);
    }

    @Override
    public boolean topicDeletionEnabled() {
        return topicDeletion;
    }

    @Override
    public boolean isList(ConfigResource.Type type, String key) {
        boolean mayBeList = type == ConfigResource.Type.TOPIC || type == ConfigResource.Type.BROKER;
        return mayBeList && definition(type, key).map(ConfigDefinition::isList).orElse(false);
    }

    @Override
    public @Nullable String keyDefault(ConfigResource.Type type, String key) {
        return definition(type, key).map(ConfigDefinition::defaultValue).orElse(null);
    }

    @Override
    public boolean isSensitive(ConfigResource.Type type, String key) {
        return definition(type, key).map(ConfigDefinition::isSensitive).orElse(true);
    }

    private static Optional<ConfigDefinition> definition(ConfigResource.Type type, String key) {
        for (ConfigScope scope : ConfigScope.values()) {
            if (scope.resourceType() == type) {
                return ConfigDefinitions.find(scope, key);
            }
        }
        return Optional.empty();
    }

    @Override
    public @Nullable String topicDefault(String topicKey) {
        ConfigValue value = defaults().get(topicKey);
        return value == null ? null : value.value();
    }

    @Override
    public boolean isStatic(String topicKey) {
        ConfigValue value = defaults().get(topicKey);
        return value != null && value.source() == ConfigSource.STATIC_BROKER_CONFIG;
    }

    /** What a topic has without overrides never changes while the node runs: worked out at the first question. */
    private Map<String, ConfigValue> defaults() {
        Map<String, ConfigValue> known = defaults;
        if (known == null) {
            known = new LinkedHashMap<>();
            for (ConfigValue value : topics.describe(Map.of(), ConfigurationsImage.EMPTY)) {
                known.put(value.name(), value);
            }
            defaults = known;
        }
        return known;
    }

    @Override
    public String brokerSynonym(String topicKey) {
        return TopicConfigs.nodeKeyOf(topicKey).orElse(topicKey);
    }

    @Override
    public List<String> topicKeys() {
        return List.copyOf(defaults().keySet());
    }
}
