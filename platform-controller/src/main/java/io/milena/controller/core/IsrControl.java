package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** AlterPartition (KIP-497, KIP-704, KIP-841, KIP-903): leaders report who is in sync. */
public final class IsrControl {
    private static final Logger LOG = LoggerFactory.getLogger(IsrControl.class);
    private static final long NO_EPOCH = -1;

    private final ControlContext context;
    private final Brokers brokers;

    public IsrControl(ControlContext context) {
        this.context = context;
        this.brokers = context.state().brokers();
    }

    /** Fails as a whole with STALE_BROKER_EPOCH if it comes from an earlier registration of the broker. */
    public Decision<AlterPartitionResponseData> decide(AlterPartitionRequestData request) {
        brokers.checkEpoch(request.brokerId(), request.brokerEpoch());
        List<VersionedRecord> records = new ArrayList<>();
        AlterPartitionResponseData response = new AlterPartitionResponseData();
        for (AlterPartitionRequestData.TopicData topicData : request.topics()) {
            AlterPartitionResponseData.TopicData answer =
                    new AlterPartitionResponseData.TopicData().setTopicId(topicData.topicId());
            response.topics().add(answer);
            TopicState topic = context.state().topics().byId(topicData.topicId());
            for (AlterPartitionRequestData.PartitionData wanted : topicData.partitions()) {
                answer.partitions()
                        .add(
                                topic == null
                                        ? error(wanted, Errors.UNKNOWN_TOPIC_ID)
                                        : decide(request.brokerId(), topic, wanted, records));
            }
        }
        return Decision.divisible(records, response);
    }

    private PartitionData decide(
            int brokerId,
            TopicState topic,
            AlterPartitionRequestData.PartitionData wanted,
            List<VersionedRecord> records) {
        PartitionState partition = topic.partition(wanted.partitionIndex());
        List<Integer> isr = isrOf(wanted);
        Errors refusal =
                partition == null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : check(brokerId, partition, wanted, isr);
        if (partition == null || refusal != Errors.NONE) {
            LOG.debug(
                    "Refusing AlterPartition of node {} for {}-{} with {}: {} against {}",
                    brokerId,
                    topic.name(),
                    wanted.partitionIndex(),
                    refusal,
                    wanted,
                    partition);
            return error(wanted, refusal);
        }
        PartitionState after = partition;
        VersionedRecord record = context.change(topic, wanted.partitionIndex(), context.partitionRules(topic.name()))
                .isr(isr)
                .recovering(wanted.leaderRecoveryState() == PartitionState.RECOVERING)
                .build()
                .orElse(null);
        if (record != null) {
            records.add(record);
            after = partition.after((PartitionChangeRecord) record.message());
            // The change completed a reassignment that leaves the sender out: it must take the news from the log.
            if (after.leader() != brokerId) {
                return error(wanted, Errors.NEW_LEADER_ELECTED);
            }
        }
        return new PartitionData()
                .setPartitionIndex(wanted.partitionIndex())
                .setLeaderId(after.leader())
                .setIsr(Ids.list(after.isr()))
                .setLeaderRecoveryState(after.recovering() ? PartitionState.RECOVERING : PartitionState.RECOVERED)
                .setLeaderEpoch(after.leaderEpoch())
                .setPartitionEpoch(after.partitionEpoch());
    }

    private Errors check(
            int brokerId, PartitionState partition, AlterPartitionRequestData.PartitionData wanted, List<Integer> isr) {
        // A request from the future: this controller is behind the one that the leader heard from.
        if (wanted.leaderEpoch() > partition.leaderEpoch() || wanted.partitionEpoch() > partition.partitionEpoch()) {
            return Errors.NOT_CONTROLLER;
        }
        if (wanted.leaderEpoch() < partition.leaderEpoch()) {
            return Errors.FENCED_LEADER_EPOCH;
        }
        if (brokerId != partition.leader()) {
            return Errors.INVALID_REQUEST;
        }
        if (wanted.partitionEpoch() < partition.partitionEpoch()) {
            return Errors.INVALID_UPDATE_VERSION;
        }
        if (!valid(isr, partition) || !isr.contains(brokerId)) {
            return Errors.INVALID_REQUEST;
        }
        boolean recovering = wanted.leaderRecoveryState() == PartitionState.RECOVERING;
        if (recovering && isr.size() > 1 || recovering && !partition.recovering()) {
            return Errors.INVALID_REQUEST;
        }
        return eligible(wanted) ? Errors.NONE : Errors.INELIGIBLE_REPLICA;
    }

    private static boolean valid(List<Integer> isr, PartitionState partition) {
        if (isr.isEmpty() || new HashSet<>(isr).size() != isr.size()) {
            return false;
        }
        return isr.stream().allMatch(id -> Ids.contains(partition.replicas(), id));
    }

    /** KIP-841 and KIP-903: every member is alive, stays, and is the incarnation that the leader means. */
    private boolean eligible(AlterPartitionRequestData.PartitionData wanted) {
        for (BrokerState member : wanted.newIsrWithEpochs()) {
            io.milena.controller.core.BrokerState broker = brokers.get(member.brokerId());
            boolean sameEpoch =
                    broker != null && (member.brokerEpoch() == NO_EPOCH || member.brokerEpoch() == broker.epoch());
            if (broker == null || !broker.active() || !sameEpoch) {
                return false;
            }
        }
        return wanted.newIsr().stream().allMatch(brokers::active);
    }

    private static List<Integer> isrOf(AlterPartitionRequestData.PartitionData wanted) {
        if (wanted.newIsrWithEpochs().isEmpty()) {
            return wanted.newIsr();
        }
        List<Integer> isr = new ArrayList<>();
        wanted.newIsrWithEpochs().forEach(member -> isr.add(member.brokerId()));
        return isr;
    }

    private static PartitionData error(AlterPartitionRequestData.PartitionData wanted, Errors error) {
        return new PartitionData().setPartitionIndex(wanted.partitionIndex()).setErrorCode(error.code());
    }
}
