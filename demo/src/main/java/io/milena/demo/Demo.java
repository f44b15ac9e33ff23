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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One command that shows the whole flow: starts a node and the services, sells products, replays orders, draws up the table. */
public final class Demo {

    private final DemoOptions options;
    private final BiFunction<Path, Integer, DemoBroker> brokers;
    private final PrintStream out;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final long startNs = System.nanoTime();

    Demo(DemoOptions options, BiFunction<Path, Integer, DemoBroker> brokers, PrintStream out) {
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
            Runtime.getRuntime().addShutdownHook(new Thread(() -> demo.close(ended), "demo-shutdown"));
            ClosingTable table = demo.run();
            if (demo.options.exit()) {
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

        say("Milena demo, data in " + data.path() + (data.temporary() ? " (goes away at the end)" : ""));
        DemoBroker broker = startBroker(data.path());
        startServices(broker, data.path());
        ServiceUrls urls = ServiceUrls.local(options.port());
        Shop shop = new Shop(urls, broker.bootstrapServers());
        LoadRun load = new LoadRun(shop, orders, settings(broker), out);
        load.sell();
        say(orders.products().size() + " products on sale");
        awaitListeners(shop);
        showWhereToLook(urls, broker, data.path());

        say("Placing " + orders.count() + " orders from " + orders.name());
        load.warnOfUnknownProducts(orders.orders());
        ClosingTable table = load.run();
        out.println();
        table.asText().forEach(out::println);
        writeReport(table);
        return table;
    }

    /** One customer, so that orders come in the order of their file. */
    private static LoadRun.Settings settings(DemoBroker broker) {
        return new LoadRun.Settings(
                Pace.FULL_SPEED, 1, null, Duration.ofSeconds(60), broker.bootstrapServers(), System.console() != null);
    }

    private DemoBroker startBroker(Path data) {
        DemoBroker broker;
        String running = options.bootstrapServers();
        if (running != null) {
            broker = DemoBroker.running(running);
        } else {
            int port = Ports.forBroker();
            say("Starting a node on port " + port + (port == Ports.KAFKA ? "" : " (" + Ports.KAFKA + " is in use)"));
            broker = brokers.apply(data.resolve("broker"), port);
        }
        open.push(broker);
        say("Broker at " + broker.bootstrapServers() + ": " + broker.description());
        return broker;
    }

    private void startServices(DemoBroker broker, Path data) {
        say("Starting " + String.join(", ", ServiceUrls.NAMES));
        Services services = Services.start(
                options.port(), broker.bootstrapServers(), data, (name, ms) -> say("  " + name + " is up"));
        open.push(services);
    }

    private void awaitListeners(Shop shop) {
        say("Waiting for the listeners to join their groups");
        shop.awaitReady(Duration.ofSeconds(60));
        say("Ready");
    }

    private void showWhereToLook(ServiceUrls services, DemoBroker broker, Path data) {
        String orders = services.orders();
        out.println();
        out.println("Where to look");
        out.println("  orders     " + orders + "/orders");
        out.println("  stock      " + services.inventory() + "/products");
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
            out.printf("%5.1f s  %s%n", (System.nanoTime() - startNs) / 1e9, what);
        }
    }
}
