package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResultCollection;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.server.policy.CreateTopicPolicy;
import org.jspecify.annotations.Nullable;

/** CreateTopics: each topic of a request succeeds or fails by itself. One instance decides one request. */
public final class TopicCreation {
    /** A request may create this many partitions, so that its records fit into one batch of the metadata log. */
    static final int MAX_PARTITIONS = 10_000;

    private final ControlContext context;
    private final Assignments assignments;
    private final EffectiveTopicConfigs effectiveConfigs;

    public TopicCreation(ControlContext context) {
        this.context = context;
        this.assignments = new Assignments(context.state().brokers());
        this.effectiveConfigs = new EffectiveTopicConfigs(context);
    }

    public Decision<CreateTopicsResponseData> decide(CreateTopicsRequestData request) {
        Set<String> duplicates = Duplicates.among(request.topics().stream().map(topic -> nonNull(topic.name())));
        checkTotal(request, duplicates);
        CreateTopicsResponseData response = new CreateTopicsResponseData()
                .setTopics(new CreatableTopicResultCollection(request.topics().size() + 1));
        List<VersionedRecord> records = new ArrayList<>();
        Set<String> answered = new HashSet<>();
        for (CreatableTopic topic : request.topics()) {
            if (answered.add(topic.name())) {
                response.topics().add(decide(topic, duplicates, records));
            }
        }
        return request.validateOnly() ? Decision.unchanged(response) : Decision.atomic(records, response);
    }

    private CreatableTopicResult decide(CreatableTopic topic, Set<String> duplicates, List<VersionedRecord> records) {
        int mark = records.size();
        try {
            checkName(topic.name(), duplicates);
            return create(topic, records);
        } catch (ApiException refused) {
            records.subList(mark, records.size()).clear();
            ApiError error = Refusal.of(refused);
            return new CreatableTopicResult()
                    .setName(topic.name())
                    .setErrorCode(error.error().code())
                    .setErrorMessage(error.message());
        }
    }

    private void checkName(String name, Set<String> duplicates) {
        if (duplicates.contains(name)) {
            throw new InvalidRequestException("Duplicate topic name.");
        }
        if (name.equals(Topic.CLUSTER_METADATA_TOPIC_NAME)) {
            throw new InvalidRequestException(
                    "Creation of internal topic " + Topic.CLUSTER_METADATA_TOPIC_NAME + " is prohibited.");
        }
        Topic.validate(name);
        if (context.state().topics().byName(name) != null) {
            throw new TopicExistsException("Topic '" + name + "' already exists.");
        }
        String colliding =
                Topic.hasCollisionChars(name) ? context.state().topics().colliding(name) : null;
        if (colliding != null) {
            throw new InvalidTopicException("Topic '" + name + "' collides with existing topic: " + colliding);
        }
    }

    private CreatableTopicResult create(CreatableTopic topic, List<VersionedRecord> records) {
        Map<String, String> configs = configs(topic);
        List<PartitionState> partitions = topic.assignments().isEmpty() ? placed(topic) : assigned(topic);
        context.rules().checkCreation(asked(topic, partitions, configs));
        Uuid id = context.newTopicId();
        RecordVersions versions = context.versions();
        records.add(new VersionedRecord(new TopicRecord().setName(topic.name()).setTopicId(id), 0));
        configs.forEach((key, value) -> records.add(new VersionedRecord(
                new ConfigRecord()
                        .setResourceType(ConfigResource.Type.TOPIC.id())
                        .setResourceName(topic.name())
                        .setName(key)
                        .setValue(value),
                0)));
        for (int p = 0; p < partitions.size(); p++) {
            records.add(new VersionedRecord(partitions.get(p).toRecord(id, p, versions), versions.partition()));
        }
        return new CreatableTopicResult()
                .setName(topic.name())
                .setTopicId(id)
                .setErrorMessage(null)
                .setNumPartitions(partitions.size())
                .setReplicationFactor((short) partitions.get(0).replicas().length)
                .setConfigs(effectiveConfigs.of(configs));
    }

    /** What a policy sees: either numbers, or the assignment that the client made (KIP-108). */
    private static CreateTopicPolicy.RequestMetadata asked(
            CreatableTopic topic, List<PartitionState> partitions, Map<String, String> configs) {
        if (topic.assignments().isEmpty()) {
            short replicas = (short) partitions.get(0).replicas().length;
            return new CreateTopicPolicy.RequestMetadata(topic.name(), partitions.size(), replicas, null, configs);
        }
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        topic.assignments().forEach(each -> assignment.put(each.partitionIndex(), each.brokerIds()));
        return new CreateTopicPolicy.RequestMetadata(topic.name(), null, null, assignment, configs);
    }

    private Map<String, String> configs(CreatableTopic topic) {
        List<String> nulls = new ArrayList<>();
        Map<String, String> configs = new TreeMap<>();
        for (CreatableTopicConfig config : topic.configs()) {
            String value = config.value();
            if (value == null) {
                nulls.add(config.name());
            } else {
                configs.put(config.name(), value);
            }
        }
        if (!nulls.isEmpty()) {
            throw new InvalidConfigurationException(
                    "Null value not supported for topic configs: " + String.join(",", nulls));
        }
        if (!configs.isEmpty()) {
            context.rules().validate(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), Map.of(), configs);
        }
        return configs;
    }

    private List<PartitionState> placed(CreatableTopic topic) {
        if (topic.replicationFactor() < -1 || topic.replicationFactor() == 0) {
            throw new InvalidReplicationFactorException(
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.numPartitions() < -1 || topic.numPartitions() == 0) {
            throw new InvalidPartitionsException("Number of partitions was set to an invalid non-positive value.");
        }
        int count = partitionsOf(topic);
        short replicationFactor = topic.replicationFactor() == -1
                ? context.settings().defaultReplicationFactor()
                : topic.replicationFactor();
        return assignments.place(context.random(), count, replicationFactor);
    }

    private List<PartitionState> assigned(CreatableTopic topic) {
        if (topic.replicationFactor() != -1) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.numPartitions() != -1) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        Map<Integer, PartitionState> partitions = new HashMap<>();
        OptionalInt replicationFactor = OptionalInt.empty();
        for (CreatableReplicaAssignment assignment : topic.assignments()) {
            int number = assignment.partitionIndex();
            if (partitions.containsKey(number)) {
                throw new InvalidReplicaAssignmentException(
                        "Found multiple manual partition assignments for partition " + number);
            }
            assignments.check(assignment.brokerIds(), replicationFactor);
            replicationFactor = OptionalInt.of(assignment.brokerIds().size());
            int[] replicas = Ids.of(assignment.brokerIds());
            int[] isr = assignments.aliveOf(replicas);
            if (isr.length == 0) {
                throw new InvalidReplicaAssignmentException(
                        "All brokers specified in the manual partition assignment for partition " + number
                                + " are fenced or in controlled shutdown.");
            }
            partitions.put(number, assignments.create(replicas, isr));
        }
        List<PartitionState> ordered = new ArrayList<>(partitions.size());
        for (int p = 0; p < partitions.size(); p++) {
            PartitionState partition = partitions.get(p);
            if (partition == null) {
                throw new InvalidReplicaAssignmentException(
                        "partitions should be a consecutive 0-based integer sequence");
            }
            ordered.add(partition);
        }
        return ordered;
    }

    private void checkTotal(CreateTopicsRequestData request, Set<String> duplicates) {
        long total = 0;
        for (CreatableTopic topic : request.topics()) {
            if (!duplicates.contains(topic.name())) {
                total += topic.assignments().isEmpty()
                        ? Math.max(partitionsOf(topic), 0)
                        : topic.assignments().size();
            }
        }
        if (total > MAX_PARTITIONS) {
            throw new PolicyViolationException("Excessively large number of partitions per request.");
        }
    }

    private int partitionsOf(CreatableTopic topic) {
        return topic.numPartitions() == -1 ? context.settings().defaultPartitions() : topic.numPartitions();
    }

    private static String nonNull(@Nullable String name) {
        return name == null ? "" : name;
    }
}
