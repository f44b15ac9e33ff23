package io.milena.testkit.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What connects machines: requests and answers as bytes, each delayed, lost, doubled or overtaken as the faults say, cut off in
 * one direction or both, or failed by a reset.
 */
public final class Network {
    /** Takes requests in; {@code answer} is called at most once, now or later. */
    public interface Service {
        void receive(Line line, ByteBuffer request, Consumer<ByteBuffer> answer);
    }

    /** What becomes of a request: exactly one of the two, once. Called within an event of the asking process. */
    public interface Reply {
        void answered(ByteBuffer response);

        /** @param disconnected the peer hung up or refused; false when there was no answer in time */
        void failed(boolean disconnected);
    }

    /**
     * How bad the network is.
     *
     * @param loss probability that a message vanishes: its request then times out
     * @param duplicate probability that a request arrives twice
     * @param delayUs usual one-way delay, at most
     * @param slow probability of a message that is much later, and so overtaken by others
     * @param slowUs delay of such a one, at most
     */
    public record Faults(double loss, double duplicate, long delayUs, double slow, long slowUs) {
        public static final Faults NONE = new Faults(0, 0, 1_000, 0, 0);
    }

    private record Address(String host, int port) {}

    private record Listener(Life life, Service service) {}

    private static final class Call {
        private final Life from;
        private final int toHost;
        private final Reply reply;
        private boolean over;

        Call(Life from, int toHost, Reply reply) {
            this.from = from;
            this.toHost = toHost;
            this.reply = reply;
        }
    }

    private final World world;
    private final Dice dice;
    private final Map<Address, Listener> listeners = new HashMap<>();
    private final Map<Address, Integer> hostOf = new HashMap<>();
    private final Map<Integer, Host> hosts = new TreeMap<>();
    private final Set<Long> cuts = new HashSet<>();
    private final List<Call> calls = new ArrayList<>();
    private final Map<Life, Map<Life, Line>> lines = new HashMap<>();
    private long nextLine;
    private Faults faults = Faults.NONE;

    public Network(World world) {
        this.world = world;
        this.dice = world.dice().fork();
    }

    /** A new machine on this network. */
    public Host host(int id) {
        Host host = new Host(world, this, id);
        if (hosts.putIfAbsent(id, host) != null) {
            throw new IllegalArgumentException("There is a host " + id + " already");
        }
        return host;
    }

    public void faults(Faults now) {
        faults = now;
    }

    /** Messages from one host to another vanish; the other direction still works. */
    public void cut(int fromHost, int toHost) {
        if (cuts.add(direction(fromHost, toHost))) {
            world.note("cut", fromHost, toHost);
        }
    }

    public void mend(int fromHost, int toHost) {
        cuts.remove(direction(fromHost, toHost));
    }

    /** All cuts are mended. */
    public void mendAll() {
        cuts.clear();
    }

    /** All connections between two hosts break: both sides see it, and nobody knows what has arrived. */
    public void reset(int oneHost, int otherHost) {
        world.note("reset", oneHost, otherHost);
        for (Call call : new ArrayList<>(calls)) {
            int from = call.from.host().id();
            boolean between =
                    (from == oneHost && call.toHost == otherHost) || (from == otherHost && call.toHost == oneHost);
            if (between) {
                fail(call, true, world.nowUs());
            }
        }
        for (Line line : openLines()) {
            int from = line.fromHost();
            int to = line.to().host().id();
            if ((from == oneHost && to == otherHost) || (from == otherHost && to == oneHost)) {
                drop(line, world.nowUs());
            }
        }
    }

    private List<Line> openLines() {
        List<Line> open = new ArrayList<>();
        lines.values().forEach(from -> open.addAll(from.values()));
        open.sort(Comparator.comparingLong(Line::id));
        return open;
    }

    private void drop(Line line, long atUs) {
        lines.values().forEach(from -> from.values().remove(line));
        line.breakAt(atUs);
    }

    /** The line on which a process reaches another; made when it is used first. */
    private Line line(Life from, Life to) {
        Map<Life, Line> mine = lines.computeIfAbsent(from, this::linesOf);
        return mine.computeIfAbsent(to, life -> new Line(nextLine++, from.host().id(), life));
    }

    private Map<Life, Line> linesOf(Life born) {
        born.atDeath(() -> forget(born));
        return new HashMap<>();
    }

    private void forget(Life dead) {
        calls.removeIf(call -> call.from == dead);
        Map<Life, Line> had = lines.remove(dead);
        if (had == null || !dead.peersNotice()) {
            return;
        }
        List<Line> broken = new ArrayList<>(had.values());
        broken.sort(Comparator.comparingLong(Line::id));
        for (Line line : broken) {
            if (!isCut(line.fromHost(), line.to().host().id())) {
                line.breakAt(world.nowUs() + delayUs());
            }
        }
    }

    /** Serves requests to {@code host:port} until the process ends. */
    public void listen(Life life, String host, int port, Service service) {
        Address address = new Address(host, port);
        listeners.put(address, new Listener(life, service));
        hostOf.put(address, life.host().id());
        life.atDeath(() -> {
            listeners.remove(address);
            if (life.peersNotice()) {
                hangUp(life.host().id());
            }
        });
    }

    /** Calls that are under way to a host whose process is gone fail as its kernel closes the sockets. */
    private void hangUp(int hostId) {
        for (Call call : new ArrayList<>(calls)) {
            if (call.toHost == hostId && !isCut(hostId, call.from.host().id())) {
                fail(call, true, world.nowUs() + delayUs());
            }
        }
    }

    /** Sends a request. Nobody listening there is told at once, as a refused connection. */
    public void call(Life from, String host, int port, ByteBuffer request, long timeoutMs, Reply reply) {
        Address address = new Address(host, port);
        int toHost = hostOf.getOrDefault(address, -1);
        Call call = new Call(from, toHost, reply);
        calls.add(call);
        lines.computeIfAbsent(from, this::linesOf);
        int fromHost = from.host().id();
        from.after(timeoutMs, () -> fail(call, false, world.nowUs()));
        byte[] bytes = copy(request);
        int copies = dice.chance(faults.duplicate()) ? 2 : 1;
        for (int copy = 0; copy < copies; copy++) {
            long arrivalUs = from.host().nowUs() + delayUs();
            boolean lost = dice.chance(faults.loss());
            world.at(arrivalUs, () -> {
                if (!lost && !isCut(fromHost, toHost)) {
                    arrive(call, address, bytes);
                }
            });
        }
    }

    private void arrive(Call call, Address address, byte[] bytes) {
        Listener listener = listeners.get(address);
        if (!call.from.isAlive()) {
            return;
        }
        if (listener == null) {
            if (toMachineThatIsOff(call)) {
                return;
            }
            if (!isCut(call.toHost, call.from.host().id())) {
                fail(call, true, world.nowUs() + delayUs());
            }
            return;
        }
        world.trace().mix(bytes, bytes.length);
        Life to = listener.life();
        Line line = line(call.from, to);
        to.atUs(
                world.nowUs(),
                () -> listener.service()
                        .receive(line, ByteBuffer.wrap(bytes.clone()), answer -> answer(call, to, answer)));
    }

    /** A machine without power refuses nothing. */
    private boolean toMachineThatIsOff(Call call) {
        Host host = hosts.get(call.toHost);
        return host != null && host.isOff();
    }

    private void answer(Call call, Life to, ByteBuffer answer) {
        if (!to.isAlive()) {
            return;
        }
        byte[] bytes = copy(answer);
        boolean lost = dice.chance(faults.loss());
        world.at(to.host().nowUs() + delayUs(), () -> {
            if (lost || call.over || isCut(to.host().id(), call.from.host().id())) {
                return;
            }
            world.trace().mix(bytes, bytes.length);
            finish(call, reply -> reply.answered(ByteBuffer.wrap(bytes)), world.nowUs());
        });
    }

    private void fail(Call call, boolean disconnected, long atUs) {
        finish(call, reply -> reply.failed(disconnected), atUs);
    }

    private void finish(Call call, Consumer<Reply> how, long atUs) {
        if (call.over) {
            return;
        }
        call.over = true;
        calls.remove(call);
        call.from.atUs(atUs, () -> how.accept(call.reply));
    }

    private boolean isCut(int from, int to) {
        return !cuts.isEmpty() && cuts.contains(direction(from, to));
    }

    private static long direction(int from, int to) {
        return (long) from << Integer.SIZE | Integer.toUnsignedLong(to);
    }

    private long delayUs() {
        long most = dice.chance(faults.slow()) ? faults.slowUs() : faults.delayUs();
        return dice.between(50, Math.max(51, most));
    }

    private static byte[] copy(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return new byte[0];
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
