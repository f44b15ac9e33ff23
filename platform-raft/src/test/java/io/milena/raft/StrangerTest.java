package io.milena.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.raft.core.HostPort;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.BeginQuorumEpochResponseData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anybody may reach a controller's listener: what they claim neither stops the node nor outlives its restart. */
class StrangerTest {
    private static final String TOPIC = "__cluster_metadata";
    private static final Uuid DISK = Uuid.randomUuid();

    @TempDir
    Path dir;

    private final int port = TestNode.freePort();
    private final HostPort address = new HostPort("127.0.0.1", port);
    private WireEventLoops loops;
    private WireTransport stranger;
    private TestNode node;

    @BeforeEach
    void start() {
        loops = WireEventLoops.create(1);
        stranger = new WireTransport(loops, NodeClientConfig.of("stranger"));
        open();
    }

    @AfterEach
    void stop() {
        node.close();
        stranger.close();
        loops.close();
    }

    private void open() {
        node = new TestNode(1, DISK, dir, port, true, config -> config.staticVoters(Map.of(1, address)));
        await().atMost(Duration.ofSeconds(15)).until(() -> node.raft.roleName().equals("Leader"));
    }

    @Test
    void aLeaderThatIsNoVoterIsRefusedWhateverItsEpochAndNothingOfItIsKept() throws Exception {
        // given
        Path quorumState = dir.resolve("__cluster_metadata-0/quorum-state");
        String before = Files.readString(quorumState);
        int epoch = node.raft.leaderAndEpoch().epoch();

        // when
        List<Errors> answers = List.of(
                begin(2, Integer.MAX_VALUE), begin(2, epoch + 1), begin(1, epoch + 1), end(2, epoch + 1), vote());

        // then
        assertThat(answers)
                .containsExactly(
                        Errors.INVALID_REQUEST,
                        Errors.INCONSISTENT_VOTER_SET,
                        Errors.INVALID_REQUEST,
                        Errors.INCONSISTENT_VOTER_SET,
                        Errors.INCONSISTENT_VOTER_SET);
        assertThat(node.raft.leaderAndEpoch().epoch()).isEqualTo(epoch);
        assertThat(node.raft.roleName()).isEqualTo("Leader");
        assertThat(Files.readString(quorumState)).isEqualTo(before);
        node.close();
        assertThat(node.faults).isEmpty();
        open();
        assertThat(node.raft.leaderAndEpoch().epoch()).isEqualTo(epoch + 1);
    }

    private Errors begin(int leader, int epoch) throws Exception {
        BeginQuorumEpochRequestData request = new BeginQuorumEpochRequestData()
                .setClusterId(TestNode.CLUSTER)
                .setTopics(List.of(new BeginQuorumEpochRequestData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new BeginQuorumEpochRequestData.PartitionData()
                                .setLeaderId(leader)
                                .setLeaderEpoch(epoch)))));
        BeginQuorumEpochResponseData answer = (BeginQuorumEpochResponseData)
                stranger.send(address, request, 10_000).get();
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private Errors end(int leader, int epoch) throws Exception {
        EndQuorumEpochRequestData request = new EndQuorumEpochRequestData()
                .setClusterId(TestNode.CLUSTER)
                .setTopics(List.of(new EndQuorumEpochRequestData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new EndQuorumEpochRequestData.PartitionData()
                                .setLeaderId(leader)
                                .setLeaderEpoch(epoch)))));
        EndQuorumEpochResponseData answer = (EndQuorumEpochResponseData)
                stranger.send(address, request, 10_000).get();
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }

    private Errors vote() throws Exception {
        VoteRequestData request = new VoteRequestData()
                .setClusterId(TestNode.CLUSTER)
                .setTopics(List.of(new VoteRequestData.TopicData()
                        .setTopicName(TOPIC)
                        .setPartitions(List.of(new VoteRequestData.PartitionData()
                                .setReplicaId(2)
                                .setReplicaEpoch(node.raft.leaderAndEpoch().epoch() + 1)
                                .setLastOffset(1_000)))));
        VoteResponseData answer =
                (VoteResponseData) stranger.send(address, request, 10_000).get();
        return Errors.forCode(answer.topics().get(0).partitions().get(0).errorCode());
    }
}
