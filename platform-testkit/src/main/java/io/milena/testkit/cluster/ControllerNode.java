package io.milena.testkit.cluster;

import io.milena.controller.Controller;
import io.milena.controller.ControllerConfig;
import io.milena.controller.api.ControllerApis;
import io.milena.controller.core.ControlContext;
import io.milena.controller.core.FeatureRange;
import io.milena.controller.node.NodeConfigRules;
import io.milena.metadata.BootstrapRecords;
import io.milena.metadata.Features;
import io.milena.metadata.MetadataVersion;
import io.milena.raft.core.HostPort;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.Violation;
import io.milena.testkit.sim.wire.WireService;
import io.milena.wire.HandlerRegistry;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A machine with a controller: the real quorum member and the real state machines. */
final class ControllerNode implements Host.Program, MetadataObserver.Source {
    static final int SESSION_TIMEOUT_MS = 1_500;
    static final int BALANCE_INTERVAL_MS = 2_000;
    /** Few, so that even a small cluster needs several tasks in a row. */
    private static final int ELECTIONS_PER_TASK = 1;

    private final Host host;
    private final ClusterPlan plan;
    private final ClusterMap map;
    private final MetadataObserver observer;
    private @Nullable MetadataMember member;
    private @Nullable Controller controller;

    ControllerNode(Host host, ClusterPlan plan, ClusterMap map, MetadataObserver observer) {
        this.host = host;
        this.plan = plan;
        this.map = map;
        this.observer = observer;
    }

    Host host() {
        return host;
    }

    @Override
    public @Nullable MetadataMember member() {
        return host.isUp() ? member : null;
    }

    boolean isActive() {
        Controller running = controller;
        return host.isUp() && running != null && running.isActive();
    }

    void boot() {
        if (!host.isUp()) {
            host.boot(this);
        }
    }

    @Override
    public void start(Life life) {
        MetadataMember quorum = new MetadataMember(life, map, true);
        Controller deciding = new Controller(config(life), quorum, new SimulatedLoop(life));
        member = quorum;
        controller = deciding;
        quorum.loader().addPublisher("the observer", observer.of(host.id()));
        WireService service = new WireService(
                ClusterMap.CONTROLLER_LISTENER,
                HandlerRegistry.builder()
                        .addAll(quorum.raft().handlers())
                        .addAll(ControllerApis.of(deciding))
                        .build());
        HostPort address = map.controller(host.id());
        deciding.start();
        quorum.begin();
        host.network().listen(life, address.host(), address.port(), (line, request, answer) -> {
            service.receive(line, request, answer);
            quorum.turn();
        });
    }

    private ControllerConfig config(Life life) {
        Map<String, FeatureRange> features = new TreeMap<>();
        Features.supported(false)
                .forEach((name, range) -> features.put(name, FeatureRange.of(range.min(), range.max())));
        return new ControllerConfig(
                host.id(),
                new ControlContext.Settings(
                        ClusterMap.CLUSTER,
                        1,
                        (short) 3,
                        features,
                        SESSION_TIMEOUT_MS,
                        plan.lossGraceMs(),
                        ELECTIONS_PER_TASK),
                new NodeConfigRules(map.config()),
                BootstrapRecords.of(MetadataVersion.LATEST_PRODUCTION, Map.of()),
                500,
                BALANCE_INTERVAL_MS,
                0,
                life::nowMs,
                host.world().dice().fork(),
                fault -> {
                    throw new Violation("Controller " + host.id() + " broke: " + fault, fault);
                });
    }
}
