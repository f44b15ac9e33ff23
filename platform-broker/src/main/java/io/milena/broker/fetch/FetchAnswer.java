package io.milena.broker.fetch;

import io.milena.broker.partition.ImageLookup;
import io.milena.broker.partition.ImageLookup.Leader;
import io.milena.broker.partition.Partition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;

/** Puts a fetch's result into a response: partitions grouped by topic, and who leads where this broker does not (KIP-951). */
final class FetchAnswer {
    private static final short FIRST_VERSION_WITH_LEADER = 16;

    private final ImageLookup image;
    private final LeaderThrottle throttle;

    FetchAnswer(ImageLookup image, LeaderThrottle throttle) {
        this.image = image;
        this.throttle = throttle;
    }

    FetchResponseData refused(Errors error, int sessionId) {
        return new FetchResponseData().setErrorCode(error.code()).setSessionId(sessionId);
    }

    FetchResponseData of(FetchResult result, FetchParams params, int sessionId, short version, String listener) {
        List<FetchableTopicResponse> topics = new ArrayList<>();
        FetchResponseData response =
                new FetchResponseData().setSessionId(sessionId).setResponses(topics);
        FetchableTopicResponse topic = null;
        for (int i = 0; i < result.data.size(); i++) {
            FetchTarget target = result.targets.get(i);
            PartitionData data = result.data.get(i);
            if (topic == null || !belongs(target, topic)) {
                topic = new FetchableTopicResponse()
                        .setTopic(target.topic)
                        .setTopicId(target.topicId)
                        .setPartitions(new ArrayList<>());
                topics.add(topic);
            }
            topic.partitions().add(data);
            if (data.errorCode() != 0) {
                addLeader(response, target, data, version, listener);
            } else {
                count(target, params, data);
            }
        }
        return response;
    }

    private static boolean belongs(FetchTarget target, FetchableTopicResponse topic) {
        return target.topicId.equals(topic.topicId()) && target.topic.equals(topic.topic());
    }

    private void count(FetchTarget target, FetchParams params, PartitionData data) {
        Partition partition = target.partition;
        int bytes = data.records().sizeInBytes();
        if (partition == null) {
            return;
        }
        if (params.fromFollower()) {
            throttle.sent(partition, params.replicaId(), bytes);
        } else {
            partition.meter().fetched(bytes);
        }
    }

    private void addLeader(
            FetchResponseData response, FetchTarget target, PartitionData data, short version, String listener) {
        boolean leaderHelps = data.errorCode() == Errors.NOT_LEADER_OR_FOLLOWER.code()
                || data.errorCode() == Errors.FENCED_LEADER_EPOCH.code();
        if (version < FIRST_VERSION_WITH_LEADER || !leaderHelps) {
            return;
        }
        Leader leader = target.byTopicId()
                ? image.leader(target.topicId, target.index)
                : image.leader(target.topic, target.index);
        if (leader == null) {
            return;
        }
        data.setCurrentLeader(new LeaderIdAndEpoch().setLeaderId(leader.id()).setLeaderEpoch(leader.epoch()));
        Node node = image.node(leader.id(), listener);
        if (node != null && response.nodeEndpoints().find(node.id()) == null) {
            response.nodeEndpoints()
                    .add(new NodeEndpoint()
                            .setNodeId(node.id())
                            .setHost(node.host())
                            .setPort(node.port())
                            .setRack(node.rack()));
        }
    }
}
