package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** Elections that an operator asks for (KIP-460), and those the controller holds by itself from time to time. */
public final class LeaderElections {
    private static final byte PREFERRED = 0;
    private static final byte UNCLEAN = 1;

    private final ControlContext context;
    private final Topics topics;

    public LeaderElections(ControlContext context) {
        this.context = context;
        this.topics = context.state().topics();
    }

    public Decision<ElectLeadersResponseData> decide(ElectLeadersRequestData request) {
        Election election = electionOf(request.electionType());
        List<VersionedRecord> records = new ArrayList<>();
        List<ReplicaElectionResult> results = new ArrayList<>();
        if (request.topicPartitions() == null) {
            for (TopicState topic : topics.all()) {
                ReplicaElectionResult result = begin(results, topic.name());
                for (int p = 0; p < topic.partitionCount(); p++) {
                    ApiError error = elect(topic.name(), p, election, records);
                    // An election of all tells only about those that needed one.
                    if (error.error() != Errors.ELECTION_NOT_NEEDED) {
                        add(result, p, error);
                    }
                }
            }
        } else {
            for (ElectLeadersRequestData.TopicPartitions each : request.topicPartitions()) {
                ReplicaElectionResult result = begin(results, each.topic());
                for (int p : each.partitions()) {
                    add(result, p, elect(each.topic(), p, election, records));
                }
            }
        }
        return Decision.divisible(records, new ElectLeadersResponseData().setReplicaElectionResults(results));
    }

    private static Election electionOf(byte type) {
        if (type == PREFERRED) {
            return Election.PREFERRED;
        }
        if (type == UNCLEAN) {
            return Election.UNCLEAN;
        }
        throw new InvalidRequestException("Unknown election type " + type);
    }

    private static ReplicaElectionResult begin(List<ReplicaElectionResult> results, String topic) {
        ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic);
        results.add(result);
        return result;
    }

    private static void add(ReplicaElectionResult result, int partition, ApiError error) {
        result.partitionResult()
                .add(new PartitionResult()
                        .setPartitionId(partition)
                        .setErrorCode(error.error().code())
                        .setErrorMessage(error.message()));
    }

    private ApiError elect(String name, int number, Election election, List<VersionedRecord> records) {
        TopicState topic = topics.byName(name);
        if (topic == null) {
            return Refusal.of(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + name);
        }
        PartitionState partition = topic.partition(number);
        if (partition == null) {
            return Refusal.of(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as " + name + "-" + number);
        }
        boolean needless = election == Election.PREFERRED ? partition.hasPreferredLeader() : partition.leader() >= 0;
        if (needless) {
            return new ApiError(Errors.ELECTION_NOT_NEEDED);
        }
        VersionedRecord record = context.change(topic, number, context.partitionRules(name))
                .election(election)
                .build()
                .orElse(null);
        boolean elected = record != null && elects(record, election, partition);
        if (elected) {
            records.add(record);
            return ApiError.NONE;
        }
        return new ApiError(
                election == Election.PREFERRED
                        ? Errors.PREFERRED_LEADER_NOT_AVAILABLE
                        : Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }

    private static boolean elects(VersionedRecord record, Election election, PartitionState partition) {
        int leader = ((io.milena.records.metadata.PartitionChangeRecord) record.message()).leader();
        return election == Election.PREFERRED ? leader == partition.replicas()[0] : leader >= 0;
    }

    /**
     * Gives leadership back to preferred replicas that are in sync again, to as many at most as a task may move: then more may be left.
     */
    public Decision<Integer> balance() {
        return elections(topics.imbalanced(), Election.PREFERRED, (partition, rules) -> {
            int preferred = partition.replicas()[0];
            return Ids.contains(partition.isr(), preferred) && context.mayLead(partition, preferred);
        });
    }

    /** Elects whoever is alive where the topic allows it and nobody in sync is left, for as many partitions as a task may. */
    public Decision<Integer> electUnclean() {
        return elections(topics.leaderless(), Election.UNCLEAN, (partition, rules) -> rules.uncleanElection());
    }

    private Decision<Integer> elections(
            PartitionSet candidates, Election election, BiPredicate<PartitionState, PartitionRules> possible) {
        List<VersionedRecord> records = new ArrayList<>();
        Map<String, PartitionRules> rulesByTopic = new HashMap<>();
        Iterator<PartitionSet.Member> members = candidates.iterator();
        while (members.hasNext() && records.size() < context.settings().electionsPerTask()) {
            PartitionSet.Member each = members.next();
            TopicState topic = each.topic();
            PartitionRules rules = rulesByTopic.computeIfAbsent(topic.name(), context::partitionRules);
            if (possible.test(topic.existing(each.partition()), rules)) {
                context.change(topic, each.partition(), rules)
                        .election(election)
                        .build()
                        .ifPresent(records::add);
            }
        }
        return Decision.divisible(records, records.size());
    }

    /**
     * Elects where a leader is missing although somebody may lead: the previous controller may have unfenced a broker and died
     * before it had written all that follows from it.
     */
    public Decision<Integer> electMissing() {
        Map<String, PartitionRules> rulesByTopic = new HashMap<>();
        RecordSequence records = new RecordSequence()
                .forEach(
                        topics.leaderless(),
                        (topic, number) -> context.change(
                                        topic,
                                        number,
                                        rulesByTopic.computeIfAbsent(topic.name(), context::partitionRules))
                                .build());
        return Decision.divisible(records, 0);
    }
}
