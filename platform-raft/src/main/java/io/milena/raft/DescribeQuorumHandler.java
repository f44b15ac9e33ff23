package io.milena.raft;

import io.milena.raft.core.QuorumDescription;
import io.milena.raft.core.Voter;
import io.milena.raft.rpc.RaftRpc;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DescribeQuorum (55), KIP-595; time stamps KIP-836; directory ids and endpoints KIP-853. */
final class DescribeQuorumHandler implements ApiHandler<DescribeQuorumRequestData> {
    private final RaftNode node;

    DescribeQuorumHandler(RaftNode node) {
        this.node = node;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_QUORUM;
    }

    @Override
    public void handle(Exchange<DescribeQuorumRequestData> exchange) {
        if (!isMetadata(exchange.request())) {
            exchange.respond(unknown(exchange.request()));
            return;
        }
        short version = exchange.version();
        node.enqueue(() -> {
            Optional<QuorumDescription> quorum = node.describeNow();
            exchange.respond(
                    quorum.isEmpty()
                            ? whole(new DescribeQuorumResponseData.PartitionData()
                                    .setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code()))
                            : describe(quorum.get(), version));
        });
    }

    private static boolean isMetadata(DescribeQuorumRequestData request) {
        return request.topics().size() == 1
                && request.topics().get(0).topicName().equals(RaftRpc.TOPIC)
                && request.topics().get(0).partitions().size() == 1
                && request.topics().get(0).partitions().get(0).partitionIndex() == RaftRpc.PARTITION;
    }

    private static DescribeQuorumResponseData unknown(DescribeQuorumRequestData request) {
        return new DescribeQuorumResponseData()
                .setTopics(request.topics().stream()
                        .map(topic -> new DescribeQuorumResponseData.TopicData()
                                .setTopicName(topic.topicName())
                                .setPartitions(topic.partitions().stream()
                                        .map(partition -> new DescribeQuorumResponseData.PartitionData()
                                                .setPartitionIndex(partition.partitionIndex())
                                                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                                                .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message()))
                                        .toList()))
                        .toList());
    }

    private static DescribeQuorumResponseData describe(QuorumDescription quorum, short version) {
        DescribeQuorumResponseData data = whole(partition(quorum, version));
        if (version >= 2) {
            for (Voter voter : quorum.voterSet().voters()) {
                DescribeQuorumResponseData.ListenerCollection listeners =
                        new DescribeQuorumResponseData.ListenerCollection();
                voter.endpoints()
                        .forEach((name, address) -> listeners.add(new DescribeQuorumResponseData.Listener()
                                .setName(name)
                                .setHost(address.host())
                                .setPort(address.port())));
                data.nodes()
                        .add(new DescribeQuorumResponseData.Node()
                                .setNodeId(voter.key().id())
                                .setListeners(listeners));
            }
        }
        return data;
    }

    private static DescribeQuorumResponseData whole(DescribeQuorumResponseData.PartitionData partition) {
        return new DescribeQuorumResponseData()
                .setTopics(List.of(new DescribeQuorumResponseData.TopicData()
                        .setTopicName(RaftRpc.TOPIC)
                        .setPartitions(List.of(partition))));
    }

    static DescribeQuorumResponseData.PartitionData partition(QuorumDescription quorum, short version) {
        return new DescribeQuorumResponseData.PartitionData()
                .setPartitionIndex(RaftRpc.PARTITION)
                .setLeaderId(quorum.leaderId())
                .setLeaderEpoch(quorum.epoch())
                .setHighWatermark(quorum.highWatermark())
                .setCurrentVoters(replicas(quorum.voters(), version))
                .setObservers(replicas(quorum.observers(), version));
    }

    private static List<DescribeQuorumResponseData.ReplicaState> replicas(
            List<QuorumDescription.ReplicaDescription> replicas, short version) {
        return replicas.stream()
                .map(replica -> {
                    DescribeQuorumResponseData.ReplicaState state = new DescribeQuorumResponseData.ReplicaState()
                            .setReplicaId(replica.key().id())
                            .setLogEndOffset(replica.logEndOffset())
                            .setLastFetchTimestamp(replica.lastFetchMs())
                            .setLastCaughtUpTimestamp(replica.lastCaughtUpMs());
                    return version >= 2
                            ? state.setReplicaDirectoryId(replica.key().directoryId())
                            : state;
                })
                .toList();
    }
}
