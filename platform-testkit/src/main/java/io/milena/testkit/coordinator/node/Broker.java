package io.milena.testkit.coordinator.node;

import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireService;
import io.milena.wire.HandlerRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A machine with a broker: hears, sooner or later, who leads what, and serves the coordinators it has for that. */
public final class Broker implements Host.Program {
    static final String LISTENER = "CLIENTS";

    private final Cluster cluster;
    private final Host host;
    private Map<TopicPartition, Hosted> hosted = new TreeMap<>(Cluster.ORDER);
    private @Nullable BrokerProcess process;
    private List<Resident> residents = List.of();

    Broker(Cluster cluster, Host host) {
        this.cluster = cluster;
        this.host = host;
    }

    public Cluster cluster() {
        return cluster;
    }

    public int id() {
        return host.id();
    }

    public Host host() {
        return host;
    }

    String address() {
        return "broker" + id();
    }

    /** The process that runs; null if none does. */
    public @Nullable BrokerProcess process() {
        return host.isUp() ? process : null;
    }

    /** What runs on it now. */
    public List<Resident> residents() {
        return host.isUp() ? residents : List.of();
    }

    Hosted hosted(TopicPartition partition) {
        return hosted.computeIfAbsent(partition, id -> new Hosted(id()));
    }

    /** Whom it believes to lead a partition; −1 for nobody. */
    public int believedLeader(TopicPartition partition) {
        return hosted(partition).leader();
    }

    @Override
    public void start(Life life) {
        hosted = new TreeMap<>(Cluster.ORDER);
        BrokerProcess born = new BrokerProcess(this, life, cluster.plan().threads());
        process = born;
        List<Resident> started = new ArrayList<>();
        HandlerRegistry.Builder handlers = HandlerRegistry.builder();
        for (Resident.Factory factory : cluster.factories()) {
            Resident resident = factory.start(born);
            started.add(resident);
            handlers.addAll(resident.handlers());
        }
        residents = started;
        WireService service = new WireService(LISTENER, handlers.build());
        host.network().listen(life, address(), Cluster.PORT, (line, request, answer) -> {
            born.work().look(cluster.world().nowUs(), id());
            born.work().request();
            service.receive(line, request, bytes -> {
                born.mustHoldNoLocks("A client is answered");
                life.atUs(born.nowUs(), () -> answer.accept(bytes));
            });
        });
        cluster.partitions().forEach(partition -> hear(partition, cluster.dice().between(1_000, 200_000)));
    }

    /** Hears after a while who leads the partition now. */
    void hear(ReplicatedPartition partition, long delayUs) {
        int leader = partition.leader();
        int epoch = partition.epoch();
        Life listening = host.life();
        if (listening != null) {
            listening.atUs(cluster.world().nowUs() + delayUs, () -> heard(partition, leader, epoch));
        }
    }

    private void heard(ReplicatedPartition partition, int leader, int epoch) {
        Hosted here = hosted(partition.id());
        BrokerProcess running = process();
        if (epoch <= here.epoch() || running == null) {
            return;
        }
        boolean led = here.isLeader();
        here.learn(leader, epoch);
        running.withLocks(here::failFormer);
        for (Resident resident : residents) {
            if (!resident.topic().equals(partition.id().topic())) {
                continue;
            }
            int index = partition.id().partition();
            if (leader == id()) {
                resident.onElection(index, epoch);
            } else if (led) {
                resident.onResignation(index, epoch);
            }
        }
    }

    /** The high watermark of a partition that it truly leads has moved; it sees that if it knows that it leads. */
    void committed(ReplicatedPartition partition) {
        Life running = host.life();
        if (running != null) {
            running.execute(() -> {
                BrokerProcess alive = process();
                Hosted here = hosted(partition.id());
                if (alive != null && partition.isLed(id(), here.epoch())) {
                    alive.withLocks(() -> here.committed(partition.knownEnd()));
                }
            });
        }
    }
}
