package io.milena.controller.describe;

import io.milena.metadata.ConfigurationsImage;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.config.BrokerConfigs;
import io.milena.metadata.config.ClientMetricsSubscriptions;
import io.milena.metadata.config.ConfigDefinitions;
import io.milena.metadata.config.ConfigScope;
import io.milena.metadata.config.ConfigValue;
import io.milena.metadata.config.GroupConfigs;
import io.milena.metadata.config.LoggerLevels;
import io.milena.metadata.config.NodeConfig;
import io.milena.metadata.config.NodeIds;
import io.milena.metadata.config.TopicConfigs;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/**
 * DescribeConfigs (32; KIP-133, KIP-226, KIP-569): what is in effect for topics, this node, the cluster-wide default, groups and
 * client-metrics subscriptions, and where each value is from.
 */
final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequestData> {
    private final NodeConfig node;
    private final LoggerLevels loggers;
    private final Supplier<MetadataImage> images;
    private final TopicConfigs topics;
    private final BrokerConfigs brokers;
    private final GroupConfigs groups;

    DescribeConfigsHandler(NodeConfig node, Supplier<MetadataImage> images, LoggerLevels loggers) {
        this.node = node;
        this.loggers = loggers;
        this.images = images;
        this.topics = new TopicConfigs(node);
        this.brokers = new BrokerConfigs(node);
        this.groups = new GroupConfigs(node);
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CONFIGS;
    }

    @Override
    public void handle(Exchange<DescribeConfigsRequestData> exchange) {
        MetadataImage image = images.get();
        DescribeConfigsRequestData request = exchange.request();
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : request.resources()) {
            response.results().add(describe(resource, image, request));
        }
        exchange.respond(response);
    }

    private DescribeConfigsResult describe(
            DescribeConfigsResource resource, MetadataImage image, DescribeConfigsRequestData request) {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName());
        try {
            Set<String> wanted =
                    resource.configurationKeys() == null ? Set.of() : new HashSet<>(resource.configurationKeys());
            for (DescribeConfigsResourceResult entry : entries(resource, image, request)) {
                if (wanted.isEmpty() || wanted.contains(entry.name())) {
                    result.configs().add(entry);
                }
            }
        } catch (ApiException refused) {
            ApiError error = ApiError.fromThrowable(refused);
            result.setErrorCode(error.error().code())
                    .setErrorMessage(error.message() == null ? "" : error.message())
                    .setConfigs(new ArrayList<>());
        }
        return result;
    }

    private List<DescribeConfigsResourceResult> entries(
            DescribeConfigsResource resource, MetadataImage image, DescribeConfigsRequestData request) {
        List<DescribeConfigsResourceResult> entries = new ArrayList<>();
        if (resource.resourceType() == ConfigResource.Type.BROKER_LOGGER.id()) {
            NodeIds.requireThisLogger(resource.resourceName(), node.nodeId());
            loggers.levels().forEach((logger, level) -> entries.add(logger(logger, level)));
            return entries;
        }
        values(resource, image).forEach(value -> entries.add(entry(value, request)));
        if (resource.resourceType() == ConfigResource.Type.BROKER.id()
                && !resource.resourceName().isEmpty()) {
            node.given().keySet().stream()
                    .filter(key -> ConfigDefinitions.find(ConfigScope.NODE, key).isEmpty())
                    .sorted()
                    .forEach(key -> entries.add(ofPlugIn(key)));
        }
        return entries;
    }

    private static DescribeConfigsResourceResult logger(String name, String level) {
        return new DescribeConfigsResourceResult()
                .setName(name)
                .setValue(level)
                .setConfigSource(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG.id());
    }

    /** A key of the node's file that at most a plug-in understands: its value may be a secret. */
    private static DescribeConfigsResourceResult ofPlugIn(String key) {
        return new DescribeConfigsResourceResult()
                .setName(key)
                .setValue(null)
                .setReadOnly(true)
                .setIsSensitive(true)
                .setConfigSource(ConfigSource.STATIC_BROKER_CONFIG.id())
                .setConfigType(ConfigType.UNKNOWN.id());
    }

    private List<ConfigValue> values(DescribeConfigsResource resource, MetadataImage image) {
        ConfigurationsImage configs = image.configs();
        String name = resource.resourceName();
        return switch (ConfigResource.Type.forId(resource.resourceType())) {
            case TOPIC -> {
                Topic.validate(name);
                if (image.topics().topic(name).isEmpty()) {
                    throw new UnknownTopicOrPartitionException();
                }
                yield topics.describe(configs.ofTopic(name), configs);
            }
            case BROKER -> {
                if (name.isEmpty()) {
                    yield BrokerConfigs.describeDefault(configs);
                }
                checkOwnId(name);
                yield brokers.describe(configs);
            }
            case CLIENT_METRICS -> {
                checkNamed(name, "client metrics subscription");
                yield ClientMetricsSubscriptions.describe(name, configs);
            }
            case GROUP -> {
                checkNamed(name, "group");
                yield groups.describe(name, configs);
            }
            default -> throw new InvalidRequestException("Unsupported resource type: " + resource.resourceType());
        };
    }

    private void checkOwnId(String name) {
        try {
            if (Integer.parseInt(name) == node.nodeId()) {
                return;
            }
        } catch (NumberFormatException notANumber) {
            throw new InvalidRequestException("Broker id must be an integer, but it is: " + name);
        }
        throw new InvalidRequestException(
                "Unexpected broker id, expected " + node.nodeId() + " or empty string, but received " + name);
    }

    private static void checkNamed(String name, String what) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("The name of the " + what + " must not be empty");
        }
    }

    private static DescribeConfigsResourceResult entry(ConfigValue value, DescribeConfigsRequestData request) {
        DescribeConfigsResourceResult entry = new DescribeConfigsResourceResult()
                .setName(value.name())
                .setValue(value.value())
                .setReadOnly(value.readOnly())
                .setConfigSource(value.source().id())
                .setIsSensitive(value.isSensitive())
                .setConfigType(type(value.definition().type()).id())
                .setDocumentation(
                        request.includeDocumentation() ? value.definition().documentation() : null);
        if (request.includeSynonyms()) {
            for (ConfigValue.Candidate candidate : value.synonyms()) {
                entry.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(candidate.name())
                                .setValue(value.isSensitive() ? null : candidate.value())
                                .setSource(candidate.source().id()));
            }
        }
        return entry;
    }

    private static ConfigType type(ConfigDef.Type type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case SHORT -> ConfigType.SHORT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case CLASS -> ConfigType.CLASS;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
