package io.milena.testkit.coordinator.group;

import io.milena.testkit.sim.Host;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Assignment;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A member of the classic protocol: JoinGroup, SyncGroup, Heartbeat; static (KIP-345) if it has an instance id. */
final class ClassicMember extends GroupMember {
    private static final String PROTOCOL = "range";
    private static final String TYPE = "consumer";
    private static final long JOIN_TIMEOUT_MS = GroupLimits.REBALANCE_MS + 3_000;

    private enum Phase {
        JOINING,
        STABLE,
        GONE
    }

    private String memberId = "";
    private int generation = -1;
    private Phase phase = Phase.GONE;

    ClassicMember(Workload workload, Host host, String group, @Nullable String instanceId) {
        super(workload, host, group, instanceId);
    }

    @Override
    boolean isSettled() {
        return phase == Phase.STABLE;
    }

    @Override
    int epoch() {
        return generation;
    }

    @Override
    String memberId() {
        return memberId;
    }

    @Override
    boolean mayCommit() {
        return phase == Phase.STABLE;
    }

    @Override
    void enter() {
        memberId = "";
        generation = -1;
        phase = Phase.JOINING;
        join();
    }

    // ---- JoinGroup

    private void rejoin(long delayMs) {
        if (phase == Phase.STABLE) {
            rebalanced();
        }
        phase = Phase.JOINING;
        own(Set.of());
        inThisLife(delayMs, this::join);
    }

    private void reset() {
        memberId = "";
        generation = -1;
        rejoin(dice.between(1, 50));
    }

    private void join() {
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol()
                .setName(PROTOCOL)
                .setMetadata(
                        bytes(ConsumerProtocol.serializeSubscription(new Subscription(List.of(GroupLimits.TOPIC))))));
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId(group())
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setSessionTimeoutMs(GroupLimits.SESSION_MS)
                .setRebalanceTimeoutMs(GroupLimits.REBALANCE_MS)
                .setProtocolType(TYPE)
                .setProtocols(protocols);
        ask(group(), request, JOIN_TIMEOUT_MS, heard -> {
            if (heard.response() instanceof JoinGroupResponseData response) {
                joined(response);
            } else {
                rejoin(50);
            }
        });
    }

    private void joined(JoinGroupResponseData response) {
        Errors error = Errors.forCode(response.errorCode());
        switch (error) {
            case NONE -> {
                memberId = response.memberId();
                generation = response.generationId();
                sync(response);
            }
            case MEMBER_ID_REQUIRED -> {
                memberId = response.memberId();
                join();
            }
            case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> reset();
            case REBALANCE_IN_PROGRESS -> rejoin(50);
            default -> {
                if (!isPassing(error)) {
                    unexpected("JoinGroup", error);
                }
                rejoin(dice.between(20, 100));
            }
        }
    }

    // ---- SyncGroup

    private void sync(JoinGroupResponseData joined) {
        SyncGroupRequestData request = new SyncGroupRequestData()
                .setGroupId(group())
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationId(generation)
                .setProtocolType(TYPE)
                .setProtocolName(PROTOCOL);
        if (joined.leader().equals(memberId) && !joined.skipAssignment()) {
            request.setAssignments(assign(joined.members()));
        }
        ask(group(), request, JOIN_TIMEOUT_MS, heard -> {
            if (heard.response() instanceof SyncGroupResponseData response) {
                synced(response);
            } else {
                rejoin(50);
            }
        });
    }

    /** Partition by partition to one after the other, from a place that differs: no two leaders would say the same. */
    private List<SyncGroupRequestAssignment> assign(List<JoinGroupResponseMember> members) {
        List<String> ids =
                members.stream().map(JoinGroupResponseMember::memberId).sorted().toList();
        int first = dice.below(ids.size());
        Map<String, List<TopicPartition>> given = new TreeMap<>();
        ids.forEach(id -> given.put(id, new ArrayList<>()));
        for (int partition = 0; partition < GroupLimits.PARTITIONS; partition++) {
            String id = ids.get((first + partition) % ids.size());
            given.computeIfAbsent(id, none -> new ArrayList<>()).add(new TopicPartition(GroupLimits.TOPIC, partition));
        }
        List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
        given.forEach((id, partitions) -> assignments.add(new SyncGroupRequestAssignment()
                .setMemberId(id)
                .setAssignment(bytes(ConsumerProtocol.serializeAssignment(new Assignment(partitions))))));
        return assignments;
    }

    private void synced(SyncGroupResponseData response) {
        Errors error = Errors.forCode(response.errorCode());
        switch (error) {
            case NONE -> {
                ledger().synced(group(), generation, response.assignment());
                Set<Integer> partitions = new TreeSet<>();
                if (response.assignment().length > 0) {
                    ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(response.assignment()))
                            .partitions()
                            .forEach(each -> partitions.add(each.partition()));
                }
                forgetPositions();
                own(partitions);
                phase = Phase.STABLE;
                heartbeatLater(generation);
            }
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID -> reset();
            case REBALANCE_IN_PROGRESS -> rejoin(1);
            default -> {
                if (!isPassing(error)) {
                    unexpected("SyncGroup", error);
                }
                rejoin(dice.between(20, 100));
            }
        }
    }

    // ---- Heartbeat

    private void heartbeatLater(int inGeneration) {
        inThisLife(dice.between(300, 700), () -> {
            if (phase == Phase.STABLE && generation == inGeneration) {
                heartbeat(inGeneration);
            }
        });
    }

    private void heartbeat(int inGeneration) {
        HeartbeatRequestData request = new HeartbeatRequestData()
                .setGroupId(group())
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationId(inGeneration);
        askSoon(request, (short) 4, heard -> {
            if (phase != Phase.STABLE || generation != inGeneration) {
                return;
            }
            if (heard.response() instanceof HeartbeatResponseData response) {
                Errors error = Errors.forCode(response.errorCode());
                if (error != Errors.NONE && !isPassing(error)) {
                    refused(error);
                    return;
                }
            }
            heartbeatLater(inGeneration);
        });
    }

    @Override
    void refused(Errors error) {
        if (phase != Phase.STABLE) {
            return;
        }
        switch (error) {
            case REBALANCE_IN_PROGRESS -> rejoin(dice.between(1, 300));
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, FENCED_INSTANCE_ID, GROUP_ID_NOT_FOUND -> reset();
            default -> unexpected("A request", error);
        }
    }

    @Override
    void leave() {
        if (phase != Phase.STABLE) {
            return;
        }
        phase = Phase.GONE;
        own(Set.of());
        LeaveGroupRequestData request = new LeaveGroupRequestData()
                .setGroupId(group())
                .setMembers(List.of(new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId)));
        ask(group(), request, TIMEOUT_MS, heard -> inThisLife(dice.between(100, 3_000), this::enter));
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
