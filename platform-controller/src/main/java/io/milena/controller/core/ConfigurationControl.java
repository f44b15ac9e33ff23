package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ClearElrRecord;
import io.milena.records.metadata.ConfigRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.BrokerIdNotRegisteredException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/**
 * AlterConfigs and IncrementalAlterConfigs (KIP-339) for topics, brokers, the cluster, groups (KIP-848) and client-metrics
 * subscriptions (KIP-714). Each resource of a request succeeds or fails by itself, whole.
 */
public final class ConfigurationControl {
    private static final String MIN_ISR = "min.insync.replicas";
    private static final int MAX_VALUE_BYTES = Short.MAX_VALUE;
    private static final ApiError DUPLICATE =
            new ApiError(Errors.INVALID_REQUEST, "Each resource must appear at most once.");

    private final ControlContext context;

    private static final String DUPLICATE_KEYS = "Error due to duplicate config keys";

    public ConfigurationControl(ControlContext context) {
        this.context = context;
    }

    public Decision<IncrementalAlterConfigsResponseData> alter(IncrementalAlterConfigsRequestData request) {
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
        List<VersionedRecord> records = new ArrayList<>();
        Set<ConfigResource> duplicates = Duplicates.among(
                request.resources().stream().map(each -> resource(each.resourceType(), each.resourceName())));
        for (IncrementalAlterConfigsRequestData.AlterConfigsResource each : request.resources()) {
            ConfigResource resource = resource(each.resourceType(), each.resourceName());
            Set<String> keys =
                    each.configs().stream().map(AlterableConfig::name).collect(Collectors.toSet());
            ApiError error = duplicates.contains(resource)
                    ? DUPLICATE
                    : decide(resource, keys, records, current -> incremental(resource, current, each));
            response.responses()
                    .add(new IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse()
                            .setResourceType(each.resourceType())
                            .setResourceName(each.resourceName())
                            .setErrorCode(error.error().code())
                            .setErrorMessage(error.message()));
        }
        return request.validateOnly() ? Decision.unchanged(response) : Decision.atomic(records, response);
    }

    public Decision<AlterConfigsResponseData> alter(AlterConfigsRequestData request) {
        AlterConfigsResponseData response = new AlterConfigsResponseData();
        List<VersionedRecord> records = new ArrayList<>();
        Set<ConfigResource> duplicates = Duplicates.among(
                request.resources().stream().map(each -> resource(each.resourceType(), each.resourceName())));
        for (AlterConfigsRequestData.AlterConfigsResource each : request.resources()) {
            ConfigResource resource = resource(each.resourceType(), each.resourceName());
            ApiError error = duplicates.contains(resource)
                    ? DUPLICATE
                    : decide(resource, Set.of(), records, current -> replacement(each));
            response.responses()
                    .add(new AlterConfigsResponseData.AlterConfigsResourceResponse()
                            .setResourceType(each.resourceType())
                            .setResourceName(each.resourceName())
                            .setErrorCode(error.error().code())
                            .setErrorMessage(error.message()));
        }
        return request.validateOnly() ? Decision.unchanged(response) : Decision.atomic(records, response);
    }

    /** @param keys what the request names, whether it changes anything or not */
    private ApiError decide(ConfigResource resource, Set<String> keys, List<VersionedRecord> records, Wish wish) {
        try {
            if (resource.type() == ConfigResource.Type.UNKNOWN
                    || resource.type() == ConfigResource.Type.BROKER_LOGGER) {
                throw new InvalidRequestException("Unexpected resource type " + resource.type() + ".");
            }
            Map<String, String> before = context.state().configs().of(resource);
            Map<String, String> after = wish.apply(before);
            List<VersionedRecord> changes = changes(resource, before, after);
            context.rules().validate(resource, before, after);
            checkMinIsr(resource, keys, before, after);
            // After the values: to Apache Kafka, too, an unknown setting is worse than an unknown resource.
            checkExists(resource);
            context.rules().checkChange(resource, set(changes));
            records.addAll(changes);
            clearElr(resource, changes, records);
            return ApiError.NONE;
        } catch (ApiException refused) {
            return Refusal.of(refused);
        }
    }

    private static Map<String, String> set(List<VersionedRecord> changes) {
        Map<String, String> set = new LinkedHashMap<>();
        for (VersionedRecord each : changes) {
            ConfigRecord change = (ConfigRecord) each.message();
            if (change.value() != null) {
                set.put(change.name(), change.value());
            }
        }
        return set;
    }

    private void checkExists(ConfigResource resource) {
        String name = resource.name();
        if (resource.type() == ConfigResource.Type.TOPIC) {
            if (context.state().topics().byName(name) == null) {
                throw new UnknownTopicOrPartitionException("The topic '" + name + "' does not exist.");
            }
        } else if (resource.type() == ConfigResource.Type.BROKER && !name.isEmpty()) {
            int id = brokerId(name);
            boolean known = context.state().brokers().get(id) != null
                    || context.state().brokers().controller(id) != null;
            if (!known) {
                throw new BrokerIdNotRegisteredException("No node with id " + id + " found.");
            }
        }
    }

    private static int brokerId(String name) {
        try {
            int id = Integer.parseInt(name);
            if (id < 0) {
                throw new InvalidRequestException("Invalid negative broker ID.");
            }
            return id;
        } catch (NumberFormatException notANumber) {
            throw new InvalidRequestException("Unable to parse broker name as a base 10 number.");
        }
    }

    private Map<String, String> incremental(
            ConfigResource resource,
            Map<String, String> current,
            IncrementalAlterConfigsRequestData.AlterConfigsResource wanted) {
        Map<String, String> after = new TreeMap<>(current);
        Set<String> names = new HashSet<>();
        List<String> nulls = new ArrayList<>();
        for (AlterableConfig config : wanted.configs()) {
            if (!names.add(config.name())) {
                throw new InvalidRequestException(DUPLICATE_KEYS);
            }
            if (config.value() == null && config.configOperation() != OpType.DELETE.id()) {
                nulls.add(config.name());
            }
        }
        if (!nulls.isEmpty()) {
            throw new InvalidRequestException("Null value not supported for : " + String.join(",", nulls));
        }
        wanted.configs().forEach(config -> apply(resource, config, after));
        return after;
    }

    private void apply(ConfigResource resource, AlterableConfig config, Map<String, String> after) {
        OpType op = OpType.forId(config.configOperation());
        String key = config.name();
        if (op == OpType.SET) {
            after.put(key, config.value());
        } else if (op == OpType.DELETE) {
            after.remove(key);
        } else if (op == OpType.APPEND || op == OpType.SUBTRACT) {
            if (!context.rules().isList(resource.type(), key)) {
                throw new InvalidConfigurationException(
                        "Can't " + op + " to key " + key + " because its type is not LIST.");
            }
            after.put(key, combined(op, after.get(key), resource, key, config.value()));
        } else {
            throw new InvalidRequestException("Unknown operation type " + config.configOperation() + " for " + key);
        }
    }

    /** What a list becomes: without a value of its own the resource's list starts from the default. */
    private String combined(OpType op, @Nullable String own, ConfigResource resource, String key, String operand) {
        String current = own;
        if (current == null) {
            current = context.rules().keyDefault(resource.type(), key);
        }
        List<String> values = split(current);
        for (String each : split(operand)) {
            if (op == OpType.SUBTRACT) {
                values.remove(each);
            } else if (!values.contains(each)) {
                values.add(each);
            }
        }
        return String.join(",", values);
    }

    private static List<String> split(@Nullable String list) {
        List<String> values = new ArrayList<>();
        if (list != null && !list.isBlank()) {
            Arrays.stream(list.split(",", -1))
                    .map(String::trim)
                    .filter(each -> !each.isEmpty())
                    .forEach(values::add);
        }
        return values;
    }

    private static Map<String, String> replacement(AlterConfigsRequestData.AlterConfigsResource wanted) {
        Map<String, String> after = new LinkedHashMap<>();
        List<String> nulls = new ArrayList<>();
        if (!Duplicates.among(wanted.configs().stream().map(AlterConfigsRequestData.AlterableConfig::name))
                .isEmpty()) {
            throw new InvalidRequestException(DUPLICATE_KEYS);
        }
        wanted.configs().forEach(config -> {
            if (config.value() == null) {
                nulls.add(config.name());
            } else {
                after.put(config.name(), config.value());
            }
        });
        if (!nulls.isEmpty()) {
            throw new InvalidRequestException("Null value not supported for : " + String.join(",", nulls));
        }
        return after;
    }

    private static List<VersionedRecord> changes(
            ConfigResource resource, Map<String, String> before, Map<String, String> after) {
        List<VersionedRecord> changes = new ArrayList<>();
        for (Map.Entry<String, String> each : after.entrySet()) {
            if (!each.getValue().equals(before.get(each.getKey()))) {
                if (each.getValue().getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_BYTES) {
                    throw new InvalidConfigurationException("The configuration value cannot be added because it exceeds"
                            + " the maximum value size of " + MAX_VALUE_BYTES + " bytes.");
                }
                changes.add(record(resource, each.getKey(), each.getValue()));
            }
        }
        for (String key : before.keySet()) {
            if (!after.containsKey(key)) {
                changes.add(record(resource, key, null));
            }
        }
        return changes;
    }

    private static VersionedRecord record(ConfigResource resource, String key, @Nullable String value) {
        return new VersionedRecord(
                new ConfigRecord()
                        .setResourceType(resource.type().id())
                        .setResourceName(resource.name())
                        .setName(key)
                        .setValue(value),
                0);
    }

    /** With ELR on, the minimum ISR belongs to topics and to the cluster as a whole, never to single brokers (KIP-966). */
    private void checkMinIsr(
            ConfigResource resource, Set<String> keys, Map<String, String> before, Map<String, String> after) {
        boolean concerned = keys.contains(MIN_ISR) || !Objects.equals(before.get(MIN_ISR), after.get(MIN_ISR));
        if (!concerned || !context.state().features().elrEnabled() || resource.type() != ConfigResource.Type.BROKER) {
            return;
        }
        if (!resource.name().isEmpty()) {
            throw new InvalidConfigurationException(
                    "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
        }
        if (after.get(MIN_ISR) == null) {
            throw new InvalidConfigurationException(
                    "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
        }
    }

    /** A new minimum makes the eligible replicas meaningless that were kept under the old one. */
    private void clearElr(ConfigResource resource, List<VersionedRecord> changes, List<VersionedRecord> records) {
        boolean changed =
                changes.stream().anyMatch(each -> Objects.equals(((ConfigRecord) each.message()).name(), MIN_ISR));
        if (!changed || !context.state().features().elrEnabled()) {
            return;
        }
        if (resource.type() == ConfigResource.Type.TOPIC) {
            records.add(new VersionedRecord(new ClearElrRecord().setTopicName(resource.name()), 0));
        } else if (resource.type() == ConfigResource.Type.BROKER
                && resource.name().isEmpty()) {
            records.add(new VersionedRecord(new ClearElrRecord(), 0));
        }
    }

    private static ConfigResource resource(byte type, String name) {
        return new ConfigResource(ConfigResource.Type.forId(type), name);
    }

    private interface Wish {
        Map<String, String> apply(Map<String, String> current);
    }
}
