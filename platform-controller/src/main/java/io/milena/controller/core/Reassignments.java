package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * Moving replicas (KIP-455): a reassignment adds the new replicas, waits until they are in the ISR, then drops the old ones;
 * {@link PartitionChange} completes it. A cancelled one goes back to the replicas before it.
 */
public final class Reassignments {
    private final ControlContext context;
    private final Topics topics;

    public Reassignments(ControlContext context) {
        this.context = context;
        this.topics = context.state().topics();
    }

    public Decision<AlterPartitionReassignmentsResponseData> alter(AlterPartitionReassignmentsRequestData request) {
        List<VersionedRecord> records = new ArrayList<>();
        AlterPartitionReassignmentsResponseData response = new AlterPartitionReassignmentsResponseData()
                // Apache Kafka answers a request for nothing before it comes to say so.
                .setErrorMessage(request.topics().isEmpty() ? "" : null)
                .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
        for (ReassignableTopic topic : request.topics()) {
            ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
            response.responses().add(answer);
            for (ReassignablePartition partition : topic.partitions()) {
                ApiError error = ApiError.NONE;
                try {
                    alter(topic.name(), partition, request.allowReplicationFactorChange(), records);
                } catch (ApiException refused) {
                    error = Refusal.of(refused);
                }
                answer.partitions()
                        .add(new ReassignablePartitionResponse()
                                .setPartitionIndex(partition.partitionIndex())
                                .setErrorCode(error.error().code())
                                .setErrorMessage(error.message()));
            }
        }
        return Decision.atomic(records, response);
    }

    private void alter(String name, ReassignablePartition wanted, boolean mayResize, List<VersionedRecord> records) {
        TopicState topic = topics.byName(name);
        if (topic == null) {
            throw new UnknownTopicOrPartitionException("Unable to find a topic named " + name + ".");
        }
        PartitionState partition = topic.partition(wanted.partitionIndex());
        if (partition == null) {
            throw new UnknownTopicOrPartitionException(
                    "Unable to find partition " + name + ":" + wanted.partitionIndex() + ".");
        }
        if (wanted.replicas() == null) {
            cancel(topic, wanted.partitionIndex(), partition, records);
            return;
        }
        List<Integer> before = original(partition);
        if (!mayResize && wanted.replicas().size() != before.size()) {
            throw new InvalidReplicationFactorException("The replication factor is changed from " + before.size()
                    + " to " + wanted.replicas().size());
        }
        start(topic, wanted, partition, records);
    }

    private void start(
            TopicState topic, ReassignablePartition wanted, PartitionState partition, List<VersionedRecord> records) {
        List<Integer> target = wanted.replicas();
        new Assignments(context.state().brokers()).check(target, OptionalInt.empty());
        List<Integer> before = original(partition);
        List<Integer> adding = new ArrayList<>(target);
        adding.removeAll(before);
        List<Integer> removing = new ArrayList<>(before);
        removing.removeAll(target);
        // Replicas an earlier reassignment was adding and this one does not want simply go.
        Set<Integer> replicas = new LinkedHashSet<>(target);
        replicas.addAll(removing);
        List<Integer> isr = new ArrayList<>(Ids.list(partition.isr()));
        isr.retainAll(replicas);
        if (isr.isEmpty() && partition.isr().length > 0) {
            throw new InvalidReplicaAssignmentException("The reassignment of " + topic.name() + "-"
                    + wanted.partitionIndex() + " would leave no replica in sync");
        }
        context.change(topic, wanted.partitionIndex(), context.partitionRules(topic.name()))
                .replicas(new ArrayList<>(replicas))
                .adding(adding)
                .removing(removing)
                .isr(isr)
                .build()
                .ifPresent(records::add);
    }

    private void cancel(TopicState topic, int number, PartitionState partition, List<VersionedRecord> records) {
        if (!partition.isReassigning()) {
            throw new NoReassignmentInProgressException(Errors.NO_REASSIGNMENT_IN_PROGRESS.message());
        }
        List<Integer> before = original(partition);
        List<Integer> isr = new ArrayList<>(Ids.list(partition.isr()));
        isr.retainAll(before);
        boolean unclean = isr.isEmpty();
        if (unclean && !context.partitionRules(topic.name()).uncleanElection()) {
            throw new InvalidReplicaAssignmentException("Unable to revert partition assignment for " + topic.name()
                    + ":" + number + " because it would require an unclean leader election.");
        }
        VersionedRecord record = context.change(topic, number, context.partitionRules(topic.name()))
                .replicas(before)
                .adding(List.of())
                .removing(List.of())
                .isr(isr)
                .build()
                .orElse(null);
        if (record != null && record.message() instanceof PartitionChangeRecord) {
            records.add(record);
        }
    }

    /** The replicas before the reassignment that is under way, or the present ones. */
    private static List<Integer> original(PartitionState partition) {
        return Ids.without(Ids.list(partition.replicas()), Ids.list(partition.adding()));
    }

    public Decision<ListPartitionReassignmentsResponseData> list(ListPartitionReassignmentsRequestData request) {
        ListPartitionReassignmentsResponseData response =
                new ListPartitionReassignmentsResponseData().setErrorMessage(null);
        if (request.topics() == null) {
            topics.reassigning().forEach((topic, number) -> add(response, topic, number));
        } else {
            for (ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics each : request.topics()) {
                TopicState topic = topics.byName(each.name());
                if (topic != null) {
                    each.partitionIndexes().forEach(number -> add(response, topic, number));
                }
            }
        }
        return Decision.unchanged(response);
    }

    private static void add(ListPartitionReassignmentsResponseData response, TopicState topic, int number) {
        PartitionState partition = topic.partition(number);
        if (partition == null || !partition.isReassigning()) {
            return;
        }
        List<OngoingTopicReassignment> all = response.topics();
        if (all.isEmpty() || !all.get(all.size() - 1).name().equals(topic.name())) {
            all.add(new OngoingTopicReassignment().setName(topic.name()));
        }
        all.get(all.size() - 1)
                .partitions()
                .add(new OngoingPartitionReassignment()
                        .setPartitionIndex(number)
                        .setReplicas(Ids.list(partition.replicas()))
                        .setAddingReplicas(Ids.list(partition.adding()))
                        .setRemovingReplicas(Ids.list(partition.removing())));
    }
}
