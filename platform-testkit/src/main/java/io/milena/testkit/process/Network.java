package io.milena.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A network between nodes that can be cut per link and per direction, without privileges: one TCP forwarder per (source, destination,
 * port). A node knows the others as {@code node-4}; each process has a hosts file of its own ({@code jdk.net.hosts.file}) in which
 * that name is a loopback address of the link between the two, {@code 127.1.<source>.4}, where this object listens and whence it forwards
 * to the node's real listener on 127.0.0.1. Source 0 are the clients.
 *
 * <p>A cut direction is silent, as a network that drops packets: bytes wait at their sender, a close or reset does not arrive, a new
 * connection gets no answer. What waited goes on after {@link #heal}, except on connections that their sender gave up meanwhile.
 * A node that is down refuses connections.
 *
 * <p>One thread forwards; all methods may be called by any thread and return when the change is in force.
 */
public final class Network implements AutoCloseable {
    /** The clients' place as the source of a link. */
    static final int CLIENTS = 0;

    private static final int HIGHEST_ID = 250;

    private final Path directory;
    private final List<NodePlan> nodes;
    private final List<Link> links = new ArrayList<>();
    private final Set<Long> cut = new HashSet<>();
    private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
    private final Selector selector;
    private final Thread thread = new Thread(this::run, "network");
    private volatile boolean closed;

    Network(Path directory, List<NodePlan> nodes) {
        this.directory = directory;
        this.nodes = nodes;
        try {
            selector = Selector.open();
            for (NodePlan destination : nodes) {
                if (destination.id() > HIGHEST_ID || destination.id() < 1) {
                    throw new IllegalArgumentException("A node's id must be between 1 and " + HIGHEST_ID
                            + " in a cluster whose network can be cut, not " + destination.id());
                }
                addLinks(destination);
            }
            for (NodePlan source : nodes) {
                writeHosts(source);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    private void addLinks(NodePlan destination) {
        if (destination.clientPort() != 0) {
            links.add(new Link(this, CLIENTS, destination.id(), destination.clientPort()));
        }
        for (NodePlan source : nodes) {
            if (source.id() == destination.id()) {
                continue;
            }
            if (destination.role().isController()) {
                links.add(new Link(this, source.id(), destination.id(), destination.controllerPort()));
            }
            if (destination.role().isBroker() && source.role().isBroker()) {
                links.add(new Link(this, source.id(), destination.id(), destination.port()));
            }
        }
    }

    private void writeHosts(NodePlan source) throws IOException {
        List<String> lines = new ArrayList<>(List.of("127.0.0.1 localhost"));
        String self = InetAddress.getLocalHost().getHostName();
        lines.add("127.0.0.1 " + self);
        for (NodePlan destination : nodes) {
            String address = destination.id() == source.id() ? "127.0.0.1" : address(source.id(), destination.id());
            lines.add(address + " " + hostName(destination.id()));
        }
        Files.createDirectories(directory);
        Files.write(hostsFile(source.id()), lines);
    }

    static String hostName(int id) {
        return "node-" + id;
    }

    static String clientAddress(int id) {
        return address(CLIENTS, id);
    }

    static String address(int source, int destination) {
        return "127.1." + source + "." + destination;
    }

    Path hostsFile(int id) {
        return directory.resolve("hosts-" + id);
    }

    /** Cuts a node off from everybody, clients included, both ways. */
    public void cut(int id) {
        cutIncoming(id);
        cutOutgoing(id);
    }

    /** Nothing that others send reaches the node; what it sends reaches them. */
    public void cutIncoming(int id) {
        inForce(() -> others(id).forEach(other -> cut.add(key(other, id))));
    }

    /** Nothing that the node sends reaches others; what they send reaches it. */
    public void cutOutgoing(int id) {
        inForce(() -> others(id).forEach(other -> cut.add(key(id, other))));
    }

    /** Nothing that the first sends reaches the second. */
    public void cutOneWay(int source, int destination) {
        inForce(() -> cut.add(key(source, destination)));
    }

    /** Ends all cuts. */
    public void heal() {
        inForce(() -> {
            cut.clear();
            links.forEach(Link::healed);
        });
    }

    /** Resets every connection from and to the node once; new ones may be made at once. */
    public void reset(int id) {
        inForce(() -> links.stream().filter(link -> link.touches(id)).forEach(Link::reset));
    }

    /** From now on the node refuses connections. */
    void down(int id) {
        inForce(() -> links.stream().filter(link -> link.destination() == id).forEach(Link::refuse));
    }

    /** From now on connections to the node are forwarded. */
    void up(int id) {
        inForce(() -> links.stream().filter(link -> link.destination() == id).forEach(Link::listen));
    }

    private Set<Integer> others(int id) {
        Set<Integer> others = new HashSet<>(Set.of(CLIENTS));
        nodes.forEach(node -> others.add(node.id()));
        others.remove(id);
        return others;
    }

    /** Network thread only. */
    boolean isCut(int source, int destination) {
        return cut.contains(key(source, destination));
    }

    private static long key(int source, int destination) {
        return ((long) source << 32) | destination;
    }

    Selector selector() {
        return selector;
    }

    private void inForce(Runnable change) {
        Command command = new Command(change, new CompletableFuture<>());
        commands.add(command);
        selector.wakeup();
        if (!closed) {
            command.done.join();
        }
    }

    private record Command(Runnable change, CompletableFuture<Void> done) {}

    private void runCommands() throws IOException {
        List<Command> ran = new ArrayList<>();
        for (Command command = commands.poll(); command != null; command = commands.poll()) {
            try {
                command.change.run();
                ran.add(command);
            } catch (RuntimeException e) {
                command.done.completeExceptionally(e);
            }
        }
        if (!ran.isEmpty()) {
            // Interests depend on what is cut.
            links.forEach(Link::updateInterests);
            // A registered channel that was closed is really closed only by a selection.
            selector.selectNow();
            ran.forEach(command -> command.done.complete(null));
        }
    }

    private void run() {
        try {
            while (!closed) {
                selector.select();
                runCommands();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isValid() && key.attachment() instanceof Ready ready) {
                        ready.ready();
                    }
                }
                selector.selectedKeys().clear();
            }
            links.forEach(Link::refuse);
            links.forEach(Link::reset);
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The network between the nodes has failed", e);
        }
    }

    /** Whom a selected channel belongs to. */
    interface Ready {
        void ready();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(5_000);
        } catch (InterruptedException e) {
            throw Await.interrupted(e);
        }
    }
}
