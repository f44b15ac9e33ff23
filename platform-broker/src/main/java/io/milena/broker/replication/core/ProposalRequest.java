package io.milena.broker.replication.core;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionRequestData.PartitionData;
import org.apache.kafka.common.message.AlterPartitionRequestData.TopicData;

/** An AlterPartition request (KIP-497) with the broker epoch of every member (KIP-903), gathered from proposals. */
public final class ProposalRequest {
    private final AlterPartitionRequestData request;
    private final Map<Uuid, TopicData> topics = new LinkedHashMap<>();

    /** @param brokerEpoch of the leader's own registration */
    public ProposalRequest(int brokerId, long brokerEpoch) {
        this.request = new AlterPartitionRequestData().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch);
    }

    public ProposalRequest add(Uuid topicId, int index, IsrProposal proposal) {
        PartitionData entry = new PartitionData()
                .setPartitionIndex(index)
                .setLeaderEpoch(proposal.leaderEpoch())
                .setPartitionEpoch(proposal.partitionEpoch());
        for (int id : proposal.isr()) {
            long epoch = id == request.brokerId()
                    ? request.brokerEpoch()
                    : proposal.brokerEpochs().getOrDefault(id, -1L);
            entry.newIsrWithEpochs().add(new BrokerState().setBrokerId(id).setBrokerEpoch(epoch));
        }
        topic(topicId).partitions().add(entry);
        return this;
    }

    private TopicData topic(Uuid topicId) {
        return topics.computeIfAbsent(topicId, id -> {
            TopicData topic = new TopicData().setTopicId(id);
            request.topics().add(topic);
            return topic;
        });
    }

    public AlterPartitionRequestData data() {
        return request;
    }
}
