package io.milena.controller.node;

import io.milena.controller.core.ConfigRules;
import io.milena.metadata.ConfigurationsImage;
import io.milena.metadata.config.BrokerConfigs;
import io.milena.metadata.config.ClientMetricsSubscriptions;
import io.milena.metadata.config.ConfigDefinition;
import io.milena.metadata.config.ConfigDefinitions;
import io.milena.metadata.config.ConfigScope;
import io.milena.metadata.config.GroupConfigs;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.TopicConfigs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/** The controller's rules about configuration keys, from the definitions in the metadata room and this node's static values. */
final class NodeConfigRules implements ConfigRules {
    private final NodeConfig node;
    private final TopicConfigs topics;
    private final GroupConfigs groups;

    NodeConfigRules(NodeConfig node) {
        this.node = node;
        this.topics = new TopicConfigs(node);
        this.groups = new GroupConfigs(node);
    }

    @Override
    public void validate(ConfigResource resource, Map<String, String> configs) {
        switch (resource.type()) {
            case TOPIC -> topics.validate(configs);
            case BROKER -> BrokerConfigs.validateDynamic(configs, !resource.isDefault());
            case GROUP -> groups.validate(configs);
            case CLIENT_METRICS -> ClientMetricsSubscriptions.validate(configs);
            default -> throw new InvalidRequestException("Unexpected resource type " + resource.type() + ".");
        }
    }

    @Override
    public boolean isList(ConfigResource.Type type, String key) {
        return definition(type, key).map(ConfigDefinition::isList).orElse(false);
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
        return topics.value(topicKey, "", ConfigurationsImage.EMPTY).orElse(null);
    }

    @Override
    public boolean isStatic(String topicKey) {
        return topics.describe(Map.of(), ConfigurationsImage.EMPTY).stream()
                .anyMatch(value -> value.name().equals(topicKey)
                        && value.source()
                                == org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource
                                        .STATIC_BROKER_CONFIG);
    }

    @Override
    public String brokerSynonym(String topicKey) {
        return TopicConfigs.nodeKeyOf(topicKey).orElse(topicKey);
    }

    @Override
    public List<String> topicKeys() {
        return ConfigDefinitions.of(ConfigScope.TOPIC).stream()
                .filter(definition -> !definition.internal())
                .map(ConfigDefinition::name)
                .toList();
    }

    NodeConfig node() {
        return node;
    }
}
