package io.milena.broker.replication.core;

import org.apache.kafka.common.message.AlterPartitionResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;

/** What the controller's answer about one partition means for the leader's proposal (AlterPartition, KIP-497). */
public enum ProposalAnswer {
    /** It holds as answered. */
    DECIDED,
    /** It was certainly not done, so what was committed before holds. */
    REFUSED,
    /** The registration has changed: the metadata log brings the new one, and that ends the proposal. */
    OVERTAKEN,
    /** Nobody knows; ask again. */
    UNKNOWN;

    /** Reads an answer. */
    public static ProposalAnswer of(IsrProposal proposal, PartitionData answer) {
        return switch (Errors.forCode(answer.errorCode())) {
            case NONE ->
                answer.leaderEpoch() == proposal.leaderEpoch() && answer.partitionEpoch() >= proposal.partitionEpoch()
                        ? DECIDED
                        : OVERTAKEN;
            case OPERATION_NOT_ATTEMPTED, INELIGIBLE_REPLICA -> REFUSED;
            case UNKNOWN_TOPIC_OR_PARTITION,
                    UNKNOWN_TOPIC_ID,
                    FENCED_LEADER_EPOCH,
                    INVALID_UPDATE_VERSION,
                    INVALID_REQUEST,
                    NEW_LEADER_ELECTED -> OVERTAKEN;
            default -> UNKNOWN;
        };
    }
}
