package io.milena.testkit.cluster;

import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.raft.core.HostPort;
import io.milena.testkit.cluster.MetadataObserver.PartitionKey;
import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireClient;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/** A machine with a client, which finds the cluster by what any live broker's image says. */
abstract class ClientNode implements Host.Program {
    static final String TOPIC = "t";

    private final Host host;
    private final Cluster cluster;
    final Dice dice;
    private @Nullable Life life;
    private @Nullable WireClient client;

    ClientNode(Host host, Cluster cluster) {
        this.host = host;
        this.cluster = cluster;
        this.dice = host.world().dice().fork();
    }

    Host host() {
        return host;
    }

    Cluster cluster() {
        return cluster;
    }

    @Override
    public void start(Life born) {
        life = born;
        client = new WireClient(born, "client" + host.id());
        begin();
    }

    abstract void begin();

    void after(long delayMs, Runnable what) {
        Life running = life;
        if (running != null) {
            running.after(delayMs, what);
        }
    }

    /** Asks at the API's newest version. */
    void ask(
            HostPort to,
            ApiMessage request,
            long timeoutMs,
            BiConsumer<@Nullable ApiMessage, @Nullable Throwable> answer) {
        short version = ApiKeys.forId(request.apiKey()).messageType.highestSupportedVersion(false);
        WireClient asker = client;
        if (asker != null) {
            asker.ask(to.host(), to.port(), request, version, timeoutMs, answer);
        }
    }

    /** As some live broker has it; null if none lives. */
    @Nullable
    MetadataImage metadata() {
        List<BrokerNode> up =
                cluster.brokers().stream().filter(each -> each.member() != null).toList();
        if (up.isEmpty()) {
            return null;
        }
        MetadataMember member = dice.pick(up).member();
        return member == null ? null : member.image();
    }

    /** A partition and what somebody says of it. */
    record Seen(PartitionKey key, PartitionRegistration registration) {}

    @Nullable
    Seen find(int index) {
        MetadataImage image = metadata();
        TopicImage topic = image == null ? null : image.topics().topicOrNull(TOPIC);
        PartitionRegistration partition = topic == null ? null : topic.partitionOrNull(index);
        return topic == null || partition == null ? null : new Seen(new PartitionKey(topic.id(), index), partition);
    }
}
