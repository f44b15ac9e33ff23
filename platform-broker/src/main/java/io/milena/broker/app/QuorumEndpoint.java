package io.milena.broker.app;

import io.milena.broker.node.MilenaNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/quorum}: who leads, and, on the leader, how far voters and observers are. */
@Endpoint(id = "quorum")
record QuorumEndpoint(MilenaNode node) {
    private static final long TIMEOUT_MS = 2_000;

    @ReadOperation
    public Map<String, Object> quorum() throws InterruptedException {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("clusterId", node.clusterId());
        answer.put("nodeId", node.config().nodeId());
        answer.put("leaderId", node.leaderAndEpoch().leaderId().orElse(-1));
        answer.put("leaderEpoch", node.leaderAndEpoch().epoch());
        answer.put("highWatermark", node.metadataHighWatermark());
        answer.put("appliedOffset", node.image().provenance().offset());
        try {
            DescribeQuorumResponseData.PartitionData partition =
                    node.describeQuorum().get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            answer.put("voters", replicas(partition.currentVoters(), partition.highWatermark()));
            answer.put("observers", replicas(partition.observers(), partition.highWatermark()));
        } catch (ExecutionException | TimeoutException notTheLeader) {
            answer.put("voters", "only the leader knows; ask node " + answer.get("leaderId"));
        }
        return answer;
    }

    private static List<Map<String, Object>> replicas(
            List<DescribeQuorumResponseData.ReplicaState> states, long highWatermark) {
        return states.stream()
                .map(state -> {
                    Map<String, Object> replica = new LinkedHashMap<>();
                    replica.put("id", state.replicaId());
                    replica.put("logEndOffset", state.logEndOffset());
                    replica.put("lag", Math.max(0, highWatermark - state.logEndOffset()));
                    replica.put("lastCaughtUpTimestamp", state.lastCaughtUpTimestamp());
                    return replica;
                })
                .toList();
    }
}
