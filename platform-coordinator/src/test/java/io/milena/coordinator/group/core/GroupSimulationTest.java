package io.milena.coordinator.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.core.ShardWorld.Answer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many members join, sync, commit, leave and die in an order that a seed decides, while writes are late or fail and the
 * coordinator crashes. What must hold: one leader per generation, generations never fall (but for what was never written),
 * everybody gets exactly what the leader assigned, committed offsets never go back, and in the end, left in peace, the group
 * becomes Stable.
 */
class GroupSimulationTest {

    private static final int MEMBERS = 8;
    private static final int STEPS = 4_000;

    /** A consumer as the protocol sees it. */
    private static final class Client {
        final String instanceId;
        String memberId = "";
        int generation = -1;
        boolean alive = true;
        boolean stable;
        Answer<JoinGroupResponseData> joining;
        Answer<SyncGroupResponseData> syncing;
        JoinGroupResponseData joined;

        Client(String instanceId) {
            this.instanceId = instanceId;
        }

        void startOver() {
            memberId = "";
            generation = -1;
            stable = false;
            joining = null;
            syncing = null;
            joined = null;
        }
    }

    private final ShardWorld world = new ShardWorld(GroupConfig.defaults());
    private final List<Client> clients = new ArrayList<>();
    private final Map<Integer, String> leaderOf = new HashMap<>();
    private final Map<Integer, Map<String, String>> assignedIn = new HashMap<>();
    private final StringBuilder trace = new StringBuilder();
    private Random random;
    private int lastGeneration;
    private long nextOffset;
    private long acknowledged = -1;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void invariantsHoldWhateverHappens(long seed) {
        run(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {42})
    void oneSeedIsOneHistory(long seed) {
        run(seed);
        GroupSimulationTest again = new GroupSimulationTest();
        again.run(seed);
        assertThat(again.trace).hasToString(trace.toString());
    }

    private void run(long seed) {
        random = new Random(seed);
        for (int i = 0; i < MEMBERS; i++) {
            clients.add(new Client(i % 3 == 0 ? "instance-" + i : null));
        }
        for (int i = 0; i < STEPS; i++) {
            step();
        }
        settleDown();
    }

    private void step() {
        int dice = random.nextInt(1000);
        world.holdWrites = true;
        if (dice < 700) {
            act(clients.get(random.nextInt(MEMBERS)));
        } else if (dice < 850) {
            decideOneWrite();
        } else if (dice < 970) {
            world.advance(random.nextInt(2_000));
        } else if (dice < 985) {
            die(clients.get(random.nextInt(MEMBERS)));
        } else if (dice < 998) {
            leave(clients.get(random.nextInt(MEMBERS)));
        } else {
            crash();
        }
        collectAnswers();
    }

    private void decideOneWrite() {
        if (!world.held.isEmpty()) {
            if (random.nextInt(20) == 0) {
                world.refuseHeld(Errors.NOT_ENOUGH_REPLICAS);
            } else {
                world.commitNext();
            }
        }
    }

    private void act(Client client) {
        client.alive = true;
        if (client.joining != null || client.syncing != null) {
            return;
        }
        if (client.joined != null && !client.stable) {
            sync(client);
        } else if (client.stable && random.nextInt(3) > 0) {
            if (random.nextInt(4) == 0) {
                commit(client);
            } else {
                heartbeat(client);
            }
        } else if (!client.stable) {
            join(client);
        }
    }

    private void join(Client client) {
        JoinGroupRequestData request =
                ShardWorld.joinRequest("g", client.memberId, "range", "sticky").setGroupInstanceId(client.instanceId);
        client.joining = world.join(request, 9);
    }

    private void sync(Client client) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId("g")
                .setMemberId(client.memberId)
                .setGroupInstanceId(client.instanceId)
                .setGenerationId(client.generation);
        boolean leads = client.memberId.equals(client.joined.leader())
                && !client.joined.members().isEmpty();
        if (leads && !client.joined.skipAssignment()) {
            Map<String, String> assignment = assignedIn.computeIfAbsent(client.generation, g -> new HashMap<>());
            List<SyncGroupRequestAssignment> all = new ArrayList<>();
            client.joined.members().forEach(m -> {
                String work = "gen " + client.generation + " for " + m.memberId();
                assignment.put(m.memberId(), work);
                all.add(new SyncGroupRequestAssignment()
                        .setMemberId(m.memberId())
                        .setAssignment(work.getBytes()));
            });
            request.setAssignments(all);
        }
        client.syncing = world.sync(request);
    }

    private void heartbeat(Client client) {
        Errors[] error = new Errors[1];
        world.turn(t -> error[0] = world.shard.heartbeat(
                t,
                new HeartbeatRequestData()
                        .setGroupId("g")
                        .setMemberId(client.memberId)
                        .setGroupInstanceId(client.instanceId)
                        .setGenerationId(client.generation)));
        onError(client, error[0]);
    }

    private void commit(Client client) {
        long offset = nextOffset++;
        Answer<?>[] unused = new Answer<?>[1];
        var request = ShardWorld.commitRequest("g", client.memberId, client.generation, "orders", offset)
                .setGroupInstanceId(client.instanceId);
        world.turn(t -> world.shard.commitOffsets(t, request, (short) 9, response -> {
            Errors error = ShardWorld.error(response);
            if (error == Errors.NONE) {
                acknowledged = Math.max(acknowledged, offset);
                assertThat(world.committed("g", "orders"))
                        .as("acknowledged and visible")
                        .isGreaterThanOrEqualTo(offset);
            } else if (error != Errors.COORDINATOR_NOT_AVAILABLE) {
                onError(client, error);
            }
        }));
        assertThat(unused).isNotNull();
    }

    private void onError(Client client, Errors error) {
        switch (error) {
            case NONE:
            case COORDINATOR_NOT_AVAILABLE:
                break;
            case REBALANCE_IN_PROGRESS:
                client.stable = false;
                client.joined = null;
                break;
            default:
                client.startOver();
        }
    }

    private void die(Client client) {
        client.alive = false;
        client.startOver();
    }

    private void leave(Client client) {
        if (client.alive && !client.memberId.isEmpty()) {
            world.leave("g", client.memberId);
        }
        die(client);
    }

    /** The coordinator is gone; what was not committed may be lost, what was is not. */
    private void crash() {
        trace.append("crash\n");
        world.holdWrites = false;
        world.start();
        lastGeneration = 0;
        for (Client client : clients) {
            if (client.joining != null || client.syncing != null) {
                client.joining = null;
                client.syncing = null;
                client.joined = null;
                client.stable = false;
            }
        }
        // Generations that were never written may be numbered again.
        leaderOf.clear();
        assertThat(world.committed("g", "orders")).as("survived").isGreaterThanOrEqualTo(acknowledged);
    }

    private void collectAnswers() {
        for (Client client : clients) {
            if (client.joining != null && !client.joining.isPending()) {
                JoinGroupResponseData response = client.joining.get();
                client.joining = null;
                onJoined(client, response);
            }
            if (client.syncing != null && !client.syncing.isPending()) {
                SyncGroupResponseData response = client.syncing.get();
                client.syncing = null;
                onSynced(client, response);
            }
        }
        assertThat(world.committed("g", "orders")).as("never back").isGreaterThanOrEqualTo(acknowledged);
    }

    private void onJoined(Client client, JoinGroupResponseData response) {
        Errors error = ShardWorld.error(response);
        trace.append(world.nowMs)
                .append(" join ")
                .append(response.memberId())
                .append(' ')
                .append(error)
                .append('\n');
        if (error == Errors.MEMBER_ID_REQUIRED) {
            client.memberId = response.memberId();
            return;
        }
        onError(client, error);
        if (error != Errors.NONE) {
            return;
        }
        client.memberId = response.memberId();
        client.generation = response.generationId();
        client.joined = response;
        assertThat(response.generationId()).as("generations never fall").isGreaterThanOrEqualTo(lastGeneration);
        lastGeneration = response.generationId();
        if (response.members().isEmpty() || response.skipAssignment()) {
            return; // static leaders change their id within a generation
        }
        String leader = leaderOf.putIfAbsent(response.generationId(), response.memberId());
        assertThat(leader)
                .as("one leader in generation " + response.generationId())
                .isIn(null, response.memberId());
    }

    private void onSynced(Client client, SyncGroupResponseData response) {
        Errors error = ShardWorld.error(response);
        trace.append(world.nowMs)
                .append(" sync ")
                .append(client.memberId)
                .append(' ')
                .append(error)
                .append('\n');
        onError(client, error);
        if (error == Errors.NONE) {
            client.stable = true;
            String got = new String(response.assignment());
            // A static member that came back within the generation inherits what its former id was assigned.
            if (client.instanceId == null) {
                String due =
                        assignedIn.getOrDefault(client.generation, Map.of()).get(client.memberId);
                assertThat(got).as("what the leader assigned").isEqualTo(Objects.requireNonNullElse(due, ""));
            }
        } else if (error == Errors.COORDINATOR_NOT_AVAILABLE) {
            client.joined = null;
        }
    }

    /** No more faults: within a few rebalances everybody must be in and Stable. */
    private void settleDown() {
        world.holdWrites = false;
        world.commitAll();
        for (int round = 0; round < 400; round++) {
            for (Client client : clients) {
                client.alive = true;
                if (client.joining == null && client.syncing == null) {
                    if (client.stable) {
                        heartbeat(client);
                    } else if (client.joined != null) {
                        sync(client);
                    } else {
                        join(client);
                    }
                }
                collectAnswers();
            }
            world.advance(1_000);
            collectAnswers();
        }
        assertThat(clients).allMatch(client -> client.stable);
        assertThat(world.state("g")).isEqualTo("Stable");
        assertThat(clients.stream().map(c -> c.generation).distinct()).hasSize(1);
        assertThat(world.shard.describe("g", (short) 5).members()).hasSize(MEMBERS);
    }
}
