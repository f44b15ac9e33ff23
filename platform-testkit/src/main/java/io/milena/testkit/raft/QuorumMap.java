package io.milena.testkit.raft;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Voter;
import io.milena.raft.core.VoterSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/** Who is where: hosts 1 to {@code controllers} are controllers, the first {@code voters} of them vote at the beginning. */
final class QuorumMap {
    private static final int PORT = 9093;

    private final int voters;
    private final int controllers;
    private long directories;

    QuorumMap(QuorumPlan plan) {
        voters = plan.voters();
        controllers = plan.voters() + plan.joiners();
    }

    Uuid newDirectoryId() {
        return new Uuid(7, ++directories);
    }

    HostPort address(int id) {
        return new HostPort("host" + id, PORT);
    }

    Map<String, HostPort> endpoints(int id) {
        return Map.of(QuorumHost.LISTENER, address(id));
    }

    /** Where those look for a leader who know none. */
    List<HostPort> controllers() {
        return IntStream.rangeClosed(1, controllers).mapToObj(this::address).toList();
    }

    Map<Integer, HostPort> staticVoters() {
        Map<Integer, HostPort> addresses = new TreeMap<>();
        IntStream.rangeClosed(1, voters).forEach(id -> addresses.put(id, address(id)));
        return addresses;
    }

    Voter voter(ReplicaKey key) {
        return new Voter(key, endpoints(key.id()));
    }

    VoterSet initialVoters(List<ReplicaKey> keys) {
        return VoterSet.of(keys.stream().limit(voters).map(this::voter).toList());
    }
}
