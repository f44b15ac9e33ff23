package io.milena.testkit.coordinator.node;

import io.milena.testkit.sim.Dice;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Life;
import io.milena.testkit.sim.wire.WireClient;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A machine with a client of a coordinator, which it asks any broker for. */
public abstract class CoordinatorClient implements Host.Program {
    private static final long FIND_TIMEOUT_MS = 500;

    private final Cluster cluster;
    private final Host host;
    private final byte keyType;
    protected final Dice dice;
    private @Nullable Life life;
    private @Nullable WireClient client;
    private int coordinator = -1;

    /** @param keyType of FindCoordinator */
    protected CoordinatorClient(Cluster cluster, Host host, byte keyType) {
        this.cluster = cluster;
        this.host = host;
        this.keyType = keyType;
        this.dice = cluster.world().dice().fork();
    }

    public Host host() {
        return host;
    }

    protected Cluster cluster() {
        return cluster;
    }

    @Override
    public void start(Life born) {
        life = born;
        client = new WireClient(born, "client" + host.id());
        coordinator = -1;
        begin();
    }

    /** A process begins; nothing of the former one is left. */
    protected abstract void begin();

    protected void after(long delayMs, Runnable what) {
        Life running = life;
        if (running != null) {
            running.after(delayMs, what);
        }
    }

    protected long nowUs() {
        return cluster.world().nowUs();
    }

    /** It is not where it was. */
    protected void forgetCoordinator() {
        coordinator = -1;
    }

    /**
     * What was heard from the coordinator.
     *
     * @param broker that was asked
     * @param sentUs when
     * @param response null if there was none in time, or the broker hung up
     */
    public record Heard(int broker, long sentUs, @Nullable ApiMessage response) {}

    /** Asks the coordinator, once it is found, at the API's newest version. Never answers if the process ends. */
    protected void ask(String key, ApiMessage request, long timeoutMs, Consumer<Heard> heard) {
        ask(key, request, ApiKeys.forId(request.apiKey()).messageType.highestSupportedVersion(false), timeoutMs, heard);
    }

    /** Asks the coordinator, once it is found. */
    protected void ask(String key, ApiMessage request, short version, long timeoutMs, Consumer<Heard> heard) {
        ask(key, request, version, timeoutMs, heard, () -> {});
    }

    /** As the others; {@code sending} runs when the coordinator is found and the request leaves. */
    protected void ask(
            String key, ApiMessage request, short version, long timeoutMs, Consumer<Heard> heard, Runnable sending) {
        WireClient asker = client;
        if (asker == null) {
            return;
        }
        if (coordinator < 0) {
            find(key, asker, () -> ask(key, request, version, timeoutMs, heard, sending));
            return;
        }
        int asked = coordinator;
        long sentUs = nowUs();
        sending.run();
        asker.ask(cluster.broker(asked).address(), Cluster.PORT, request, version, timeoutMs, (answer, failure) -> {
            if (answer == null) {
                forgetCoordinator();
            }
            heard.accept(new Heard(asked, sentUs, answer));
        });
    }

    private void find(String key, WireClient asker, Runnable then) {
        FindCoordinatorRequestData request =
                new FindCoordinatorRequestData().setKeyType(keyType).setCoordinatorKeys(List.of(key));
        Broker any = dice.pick(cluster.brokers());
        asker.ask(any.address(), Cluster.PORT, request, (short) 4, FIND_TIMEOUT_MS, (answer, failure) -> {
            if (answer instanceof FindCoordinatorResponseData found
                    && found.coordinators().get(0).errorCode() == Errors.NONE.code()) {
                coordinator = found.coordinators().get(0).nodeId();
                then.run();
            } else {
                after(dice.between(20, 100), () -> find(key, asker, then));
            }
        });
    }
}
