package io.milena.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.raft.core.HostPort;
import io.milena.raft.storage.FormatOptions;
import io.milena.raft.storage.NodeStorage;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.WireEventLoops;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AddRaftVoterResponseData;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.RemoveRaftVoterResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dynamic quorum (KIP-853) grows from one voter to three and loses its first. */
class VoterChangesTest {
    @TempDir
    Path dir;

    private final Map<Integer, Integer> ports =
            Map.of(1, TestNode.freePort(), 2, TestNode.freePort(), 3, TestNode.freePort());
    private final Map<Integer, Uuid> directories = new TreeMap<>();
    private final Map<Integer, TestNode> nodes = new TreeMap<>();
    private WireEventLoops loops;
    private WireTransport admin;

    @BeforeEach
    void startOperator() {
        loops = WireEventLoops.create(1);
        admin = new WireTransport(loops, NodeClientConfig.of("operator"));
    }

    @AfterEach
    void stopAll() {
        new ArrayList<>(nodes.values()).forEach(TestNode::close);
        admin.close();
        loops.close();
    }

    private void start(int id, FormatOptions.Quorum quorum) {
        Path home = dir.resolve("n" + id);
        short kraftVersion = (short) (quorum instanceof FormatOptions.Standalone ? 1 : 0);
        directories.put(
                id,
                NodeStorage.format(new FormatOptions(
                                TestNode.CLUSTER,
                                id,
                                List.of(home),
                                home,
                                "CONTROLLER",
                                quorum,
                                kraftVersion,
                                "4.3-IV0",
                                List.of(),
                                false))
                        .directoryIds()
                        .get(home));
        nodes.put(
                id,
                new TestNode(
                        id,
                        directories.get(id),
                        home,
                        ports.get(id),
                        true,
                        config -> config.bootstrapServers(ports.values().stream()
                                .map(port -> new HostPort("127.0.0.1", port))
                                .toList())));
    }

    private int awaitLeader() {
        await().atMost(Duration.ofSeconds(15)).until(() -> leader().isPresent());
        return leader().orElseThrow();
    }

    private OptionalInt leader() {
        return nodes.entrySet().stream()
                .filter(node -> node.getValue().raft.roleName().equals("Leader"))
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    }

    private ApiMessage ask(ApiMessage request) throws Exception {
        return admin.send(new HostPort("127.0.0.1", ports.get(awaitLeader())), request, 10_000)
                .get();
    }

    private Errors add(int id) throws Exception {
        AddRaftVoterRequestData.ListenerCollection listeners = new AddRaftVoterRequestData.ListenerCollection();
        listeners.add(new AddRaftVoterRequestData.Listener()
                .setName("CONTROLLER")
                .setHost("127.0.0.1")
                .setPort(ports.get(id)));
        return Errors.forCode(((AddRaftVoterResponseData) ask(new AddRaftVoterRequestData()
                        .setClusterId(TestNode.CLUSTER)
                        .setTimeoutMs(5_000)
                        .setVoterId(id)
                        .setVoterDirectoryId(directories.get(id))
                        .setListeners(listeners)))
                .errorCode());
    }

    private Errors remove(int id) throws Exception {
        return Errors.forCode(((RemoveRaftVoterResponseData) ask(new RemoveRaftVoterRequestData()
                        .setClusterId(TestNode.CLUSTER)
                        .setVoterId(id)
                        .setVoterDirectoryId(directories.get(id))))
                .errorCode());
    }

    private Set<Integer> voters() {
        return nodes.get(awaitLeader()).raft.describe().join().currentVoters().stream()
                .map(voter -> voter.replicaId())
                .collect(Collectors.toSet());
    }

    @Test
    void voters_are_added_and_removed_one_at_a_time() throws Exception {
        start(1, new FormatOptions.Standalone(new HostPort("127.0.0.1", ports.get(1))));
        awaitLeader();
        assertThat(remove(1)).isEqualTo(Errors.VOTER_NOT_FOUND);
        start(2, new FormatOptions.NoInitialControllers());
        start(3, new FormatOptions.NoInitialControllers());
        for (int id = 2; id <= 3; id++) {
            int added = id;
            await().atMost(Duration.ofSeconds(10)).until(() -> add(added) == Errors.NONE);
        }
        assertThat(add(3)).isEqualTo(Errors.DUPLICATE_VOTER);
        assertThat(voters()).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(nodes.get(1).raft.leaderAndEpoch().isLeader(1)).isTrue();

        assertThat(remove(1)).isEqualTo(Errors.NONE);
        await().atMost(Duration.ofSeconds(15)).until(() -> leader().isPresent() && leader().getAsInt() != 1);
        assertThat(voters()).containsExactlyInAnyOrder(2, 3);
        TestNode leader = nodes.get(awaitLeader());
        leader.raft
                .append(leader.raft.leaderAndEpoch().epoch(), TestNode.config("after"))
                .get();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(nodes.values()).allSatisfy(node -> {
                    assertThat(node.faults).isEmpty();
                    assertThat(node.seen.values).containsExactly("after");
                }));
        assertThat(nodes.get(1).raft.roleName()).isEqualTo("Follower");
    }
}
