package io.milena.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

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
        JsonLines.Lines<SampleProduct> products =
                JsonLines.read(options.products(), "sample-products.jsonl", SampleProduct::parse, SampleProduct::sku);
        JsonLines.Lines<SampleOrder> orders =
                JsonLines.read(options.orders(), "sample-orders.jsonl", SampleOrder::parse, SampleOrder::orderId);
        Ports.requireFree(options.port(), Services.NAMES);
        DataDirectory data = DataDirectory.open(options.data());
        open.push(data);
        System.setProperty("demo.log", data.path().resolve("demo.log").toString());

        say("Milena demo, data in " + data.path() + (data.temporary() ? " (goes away at the end)" : ""));
        DemoBroker broker = startBroker(data.path());
        startServices(broker, data.path());
        ServiceUrls urls = ServiceUrls.local(options.port());
        Shop shop = new Shop(urls, broker.bootstrapServers());
        Replay replay = new Replay(shop, out, System.console() != null);
        replay.sell(products.values());
        say(products.values().size() + " products on sale, from " + products.name());
        awaitListeners(shop);
        showWhereToLook(urls, broker, data.path());

        say("Replaying " + orders.values().size() + " orders from " + orders.name());
        replay.warnOfUnknownProducts(orders.values());
        ClosingTable table = replay.run(orders.values());
        out.println();
        table.asText().forEach(out::println);
        writeReport(table);
        return table;
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
        say("Starting " + String.join(", ", Services.NAMES));
        Services services = Services.start(
                options.port(), broker.bootstrapServers(), data, (name, ms) -> say("  " + name + " is up"));
        open.push(services);
    }

    private void awaitListeners(Shop shop) {
        say("Waiting for the listeners to join their groups");
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (String name : Services.NAMES) {
            while (!shop.isReady(name)) {
                if (System.nanoTime() > deadlineNs) {
                    throw new IllegalStateException(
                            name + " did not become ready; its log is " + System.getProperty("demo.log"));
                }
                pause();
            }
        }
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
        try {
            Path parent = report.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            byte[] json = JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsBytes(table.asJson());
            Files.write(report, json);
            say("Report written to " + report);
        } catch (IOException e) {
            throw new UsageException("--report: cannot write " + report + ": " + e.getMessage());
        }
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

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
