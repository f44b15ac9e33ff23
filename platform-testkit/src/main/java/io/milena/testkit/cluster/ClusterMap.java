package io.milena.testkit.cluster;

import io.milena.metadata.config.NodeConfig;
import io.milena.raft.core.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/** Who is where, and how nodes are configured. */
final class ClusterMap {
    static final String CLUSTER = "c1uster-AAAAAAAAAAAAAA";
    static final String CONTROLLER_LISTENER = "CONTROLLER";
    static final String LISTENER = "PLAINTEXT";
    private static final int FIRST_CONTROLLER = 101;

    private final ClusterPlan plan;
    private final Map<Integer, HostPort> voters = new TreeMap<>();
    private final NodeConfig config;

    ClusterMap(ClusterPlan plan) {
        this.plan = plan;
        for (int i = 0; i < plan.controllers(); i++) {
            voters.put(FIRST_CONTROLLER + i, controller(FIRST_CONTROLLER + i));
        }
        this.config = NodeConfig.of(Map.of(
                "process.roles", "broker",
                "node.id", "1",
                "controller.quorum.voters", "101@controller0:9093",
                "controller.listener.names", CONTROLLER_LISTENER,
                "listeners", LISTENER + "://broker1:9092",
                "min.insync.replicas", "2",
                "log.dirs", "/data"));
    }

    List<Integer> controllers() {
        return new ArrayList<>(voters.keySet());
    }

    List<Integer> brokers() {
        List<Integer> ids = new ArrayList<>();
        for (int id = 1; id <= plan.brokers(); id++) {
            ids.add(id);
        }
        return ids;
    }

    Map<Integer, HostPort> voters() {
        return voters;
    }

    HostPort controller(int id) {
        return new HostPort("controller" + (id - FIRST_CONTROLLER), 9093);
    }

    HostPort broker(int id) {
        return new HostPort("broker" + id, 9092);
    }

    /** Of the node's one log directory. */
    Uuid directoryId(int node) {
        return new Uuid(0x1234_5678_0000_4000L, 0x8000_0000_0000_0000L | node);
    }

    /** What all nodes have in common. */
    NodeConfig config() {
        return config;
    }
}
