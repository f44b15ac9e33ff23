package io.milena.demo;

import io.milena.demo.load.ClosingTable;
import io.milena.demo.load.FileOrders;
import io.milena.demo.load.Load;
import io.milena.demo.load.LoadRun;
import io.milena.demo.load.Pace;
import io.milena.demo.load.ServiceUrls;
import io.milena.demo.load.Shop;
import io.milena.demo.load.UsageException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.logging.LoggingSystem;

/** One command that shows the whole flow: starts a node and the services, sells products, replays orders, draws up the table. */
public final class Demo {

    private static final Duration READY = Duration.ofSeconds(60);
    private static final double SECONDS_OF_FAULTS = 20;
    private static final double FASTEST_UNDER_FAULTS = 50;

    /** Progress is then shown on a line that changes, and whoever speaks takes that line. */
    private static final boolean TERMINAL = System.console() != null;

    private static final String CLEARED_LINE = "\r\033[K";

    private final DemoOptions options;
    private final BrokerStart brokers;
    private final PrintStream out;
    private final Deque<AutoCloseable> open = new ConcurrentLinkedDeque<>();
    private final long startNs = System.nanoTime();
    private volatile boolean ending;

    /** How brokers are started; tests have their own. */
    interface BrokerStart {
        DemoBroker start(Path directory, int port, boolean cluster);
    }

    Demo(DemoOptions options, BrokerStart brokers, PrintStream out) {
        this.options = options;
        this.brokers = brokers;
        this.out = out;
    }

    public static void main(String[] args) {
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            System.out.print(DemoOptions.USAGE);
            return;
        }
        try {
            Demo demo = new Demo(DemoOptions.parse(args), EmbeddedDemoBroker::start, System.out);
            CountDownLatch ended = new CountDownLatch(1);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> demo.end(ended), "demo-shutdown"));
            ClosingTable table = demo.run();
            if (demo.options.exit()) {
                demo.ending = true;
                System.exit(table.isRight() ? 0 : 1);
            }
            System.out.println("\nEverything keeps running; Ctrl+C ends it.");
            ended.await();
        } catch (UsageException e) {
            System.err.println("demo: " + e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            System.err.println("demo failed: " + e);
            e.printStackTrace();
            System.exit(1);
        }
    }

    /** From nothing to the closing table. */
    ClosingTable run() {
        FileOrders orders = FileOrders.read(options.orders(), options.products(), 0, 0);
        Ports.requireFree(options.port(), ServiceUrls.NAMES);
        DataDirectory data = DataDirectory.open(options.data());
        open.push(data);
        System.setProperty("demo.log", data.path().resolve("demo.log").toString());
        // Three applications that start side by side would each set up the one Logback of this JVM, and it does not
        // bear that.
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        // So the demo sets it up for them, for java.util.logging too: Tomcat's lines belong in the file and not between
        // ours.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();

        say("Milena demo, data in " + data.path() + (data.temporary() ? " (goes away at the end)" : ""));
        DemoBroker broker = startBroker(data.path());
        Services services = startServices(broker, data.path());
        ServiceUrls urls = ServiceUrls.local(options.port());
        Shop shop = new Shop(urls, broker.bootstrapServers());
        LoadRun load = new LoadRun(shop, orders, settings(broker, orders.count()), out);
        load.sell();
        say(orders.products().size() + " products on sale");
        awaitListeners(shop);
        showWhereToLook(urls, broker, data.path(), orders.orders().get(0).orderId());

        say("Placing " + orders.count() + " orders from " + orders.name());
        load.warnOfUnknownProducts(orders.orders());
        ClosingTable table = options.kill() ? runUnderFaults(load, shop, broker, services) : load.run(() -> {});
        out.println();
        table.asText().forEach(out::println);
        writeReport(table);
        return table;
    }

    /** Things break as long as customers place orders; what they began has to come to its end in peace. */
    private ClosingTable runUnderFaults(LoadRun load, Shop shop, DemoBroker broker, Services services) {
        say("Things break from now on, by the dice of --seed " + options.seed());
        try (Faults faults = new Faults(broker, services, options.seed(), this::say)) {
            open.push(faults);
            faults.start();
            ClosingTable table = load.run(() -> {
                faults.close();
                shop.awaitReady(READY);
                say("No more faults after " + faults.happened().size() + "; what is on its way comes to its end");
            });
            out.println();
            out.println("What broke");
            counted(faults.happened()).forEach((what, times) -> out.printf("  %3d ×  %s%n", times, what));
            return table;
        }
    }

    private static Map<String, Integer> counted(List<String> words) {
        Map<String, Integer> counts = new TreeMap<>();
        words.forEach(word -> counts.merge(word, 1, Integer::sum));
        return counts;
    }

    /** One customer, so that orders come in the order of their file; when things break, several and slowly enough for that. */
    private LoadRun.Settings settings(DemoBroker broker, long orders) {
        return new LoadRun.Settings(
                options.kill() ? new Pace(Math.min(FASTEST_UNDER_FAULTS, orders / SECONDS_OF_FAULTS)) : Pace.FULL_SPEED,
                options.kill() ? 8 : 1,
                null,
                READY,
                broker.bootstrapServers(),
                TERMINAL);
    }

    private DemoBroker startBroker(Path data) {
        DemoBroker broker;
        String running = options.bootstrapServers();
        if (running != null) {
            broker = DemoBroker.running(running);
        } else {
            int port = Ports.forBrokers(options.cluster() ? EmbeddedDemoBroker.CLUSTER : 1);
            say((options.cluster() ? "Starting a cluster, its first broker on port " : "Starting a node on port ")
                    + port
                    + (port == Ports.KAFKA ? "" : " (" + Ports.KAFKA + " is in use)"));
            broker = brokers.start(data.resolve("broker"), port, options.cluster());
        }
        open.push(broker);
        say("Broker at " + broker.bootstrapServers() + ": " + broker.description());
        return broker;
    }

    private Services startServices(DemoBroker broker, Path data) {
        say("Starting " + String.join(", ", ServiceUrls.NAMES));
        // A service that was torn from its database has nothing to wait for when it ends.
        List<String> settings = options.kill()
                ? List.of("--server.shutdown=immediate", "--spring.lifecycle.timeout-per-shutdown-phase=1s")
                : List.of();
        Services services = Services.start(
                options.port(), broker.bootstrapServers(), data, settings, (name, ms) -> say("  " + name + " is up"));
        open.push(services);
        return services;
    }

    private void awaitListeners(Shop shop) {
        say("Waiting for the listeners to join their groups");
        shop.awaitReady(READY);
        say("Ready");
    }

    private void showWhereToLook(ServiceUrls services, DemoBroker broker, Path data, String order) {
        String orders = services.orders();
        out.println();
        out.println("Where to look");
        out.println("  orders     " + orders + "/orders");
        out.println("  stock      " + services.inventory() + "/products");
        out.println("  one order  " + orders + "/journey/" + order + "   what became of it and why");
        out.println("  shipments  " + services.shipping() + "/shipments");
        out.println("  API docs   " + orders + "/docs (also on the other two ports)");
        out.println("  health     " + orders + "/actuator/health    lag  " + orders + "/actuator/lag");
        out.println("  broker     bin/kafka-topics.sh --bootstrap-server " + broker.bootstrapServers() + " --list");
        out.println("  log        " + data.resolve("demo.log"));
        out.println();
    }

    private void writeReport(ClosingTable table) {
        Path report = options.report();
        if (report == null) {
            return;
        }
        Load.write(table, report);
        say("Report written to " + report);
    }

    /** Ctrl-C is answered, and what becomes of the data; an end that was asked for with --exit needs no words. */
    private void end(CountDownLatch ended) {
        Path kept = options.data();
        if (!ending && !open.isEmpty()) {
            say("Ending; the data " + (kept == null ? "are deleted" : "stay in " + kept));
        }
        close(ended);
    }

    /** Services first, then the broker, then the data. */
    void close(@Nullable CountDownLatch ended) {
        AutoCloseable next;
        while ((next = open.poll()) != null) {
            try {
                next.close();
            } catch (Exception e) {
                System.err.println("while stopping: " + e);
            }
        }
        if (ended != null) {
            ended.countDown();
        }
    }

    private void say(String what) {
        synchronized (out) {
            out.printf((TERMINAL ? CLEARED_LINE : "") + "%5.1f s  %s%n", (System.nanoTime() - startNs) / 1e9, what);
        }
    }
}
