package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.requests.ApiError;

/** CreatePartitions (KIP-195): more partitions for existing topics. One instance decides one request. */
public final class PartitionGrowth {
    private final ControlContext context;
    private final Assignments assignments;

    public PartitionGrowth(ControlContext context) {
        this.context = context;
        this.assignments = new Assignments(context.state().brokers());
    }

    public Decision<CreatePartitionsResponseData> decide(CreatePartitionsRequestData request) {
        Set<String> duplicates = Duplicates.among(request.topics().stream().map(CreatePartitionsTopic::name));
        Set<String> answered = new HashSet<>();
        CreatePartitionsResponseData response = new CreatePartitionsResponseData();
        List<VersionedRecord> records = new ArrayList<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            if (answered.add(topic.name())) {
                ApiError error = decide(topic, duplicates, records);
                response.results()
                        .add(new CreatePartitionsTopicResult()
                                .setName(topic.name())
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.message()));
            }
        }
        return request.validateOnly() ? Decision.unchanged(response) : Decision.atomic(records, response);
    }

    private ApiError decide(CreatePartitionsTopic topic, Set<String> duplicates, List<VersionedRecord> records) {
        int mark = records.size();
        try {
            if (duplicates.contains(topic.name())) {
                throw new InvalidRequestException("Duplicate topic name.");
            }
            grow(topic, records);
            return ApiError.NONE;
        } catch (ApiException refused) {
            records.subList(mark, records.size()).clear();
            return Refusal.of(refused);
        }
    }

    private void grow(CreatePartitionsTopic wanted, List<VersionedRecord> records) {
        TopicState topic = context.state().topics().byName(wanted.name());
        if (topic == null) {
            throw new UnknownTopicOrPartitionException();
        }
        int existing = topic.partitionCount();
        if (wanted.count() == existing) {
            throw new InvalidPartitionsException("Topic already has " + existing + " partition(s).");
        }
        if (wanted.count() < existing) {
            throw new InvalidPartitionsException("The topic " + topic.name() + " currently has " + existing
                    + " partition(s); " + wanted.count() + " would not be an increase.");
        }
        int additional = wanted.count() - existing;
        List<CreatePartitionsAssignment> manual = wanted.assignments();
        if (manual != null && manual.size() != additional) {
            throw new InvalidReplicaAssignmentException("Attempted to add " + additional
                    + " additional partition(s), but only " + manual.size() + " assignment(s) were specified.");
        }
        if (additional > TopicCreation.MAX_PARTITIONS) {
            throw new InvalidPartitionsException("At most " + TopicCreation.MAX_PARTITIONS
                    + " partitions can be added by one request; " + additional + " were asked for.");
        }
        int replicationFactor = topic.existing(0).replicas().length;
        List<PartitionState> added = manual == null
                ? assignments.place(context.random(), additional, replicationFactor)
                : assigned(manual, existing, replicationFactor);
        RecordVersions versions = context.versions();
        for (int i = 0; i < additional; i++) {
            records.add(new VersionedRecord(
                    added.get(i).toRecord(topic.id(), existing + i, versions), versions.partition()));
        }
    }

    private List<PartitionState> assigned(
            List<CreatePartitionsAssignment> manual, int firstPartition, int replicationFactor) {
        List<PartitionState> partitions = new ArrayList<>(manual.size());
        for (CreatePartitionsAssignment each : manual) {
            assignments.check(each.brokerIds(), OptionalInt.of(replicationFactor));
            int[] replicas = Ids.of(each.brokerIds());
            int[] isr = assignments.aliveOf(replicas);
            if (isr.length == 0) {
                throw new InvalidReplicaAssignmentException(
                        "All brokers specified in the manual partition assignment for partition "
                                + (firstPartition + partitions.size()) + " are fenced or in controlled shutdown.");
            }
            partitions.add(assignments.create(replicas, isr));
        }
        return partitions;
    }
}
