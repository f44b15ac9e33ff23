package io.milena.demo.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code bin/load}: orders for services that run already. */
public final class Load {

    private final LoadOptions options;
    private final PrintStream out;

    private Load(LoadOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            out.print(LoadOptions.USAGE);
            return;
        }
        int code;
        try {
            code = new Load(LoadOptions.parse(System.getenv(), args), out).run();
        } catch (UsageException | UnreachableException e) {
            System.err.println("load: " + e.getMessage());
            code = 2;
        }
        System.exit(code);
    }

    private int run() {
        Path report = options.report();
        if (report != null) {
            requireWritable(report);
        }
        OrderSource source = source();
        Shop shop = new Shop(options.services(), options.settings().bootstrapServers());
        if (!shop.areReady()) {
            out.println("Waiting until the services at "
                    + String.join(", ", options.services().all()) + " are ready, for "
                    + options.ready().toSeconds() + " s at most (--wait)");
            shop.awaitReady(options.ready());
        }
        LoadRun run = new LoadRun(shop, source, options.settings(), out);
        run.sell();
        if (source instanceof FileOrders file) {
            run.warnOfUnknownProducts(file.orders());
        }
        out.println(
                (source.count() == Long.MAX_VALUE ? "Orders" : String.format("%,d orders", source.count())) + " from "
                        + source.name() + ", " + options.settings().pace() + ", "
                        + options.settings().customers() + " customers");
        CountDownLatch ended = new CountDownLatch(1);
        endEarlyOnSignal(run, ended);
        ClosingTable table = run.run();
        out.println();
        table.asText().forEach(out::println);
        if (report != null) {
            write(table, report);
            out.println("Report written to " + report);
        }
        ended.countDown();
        return table.isRight() ? 0 : 1;
    }

    private OrderSource source() {
        if (options.orders() != null || options.products() != null) {
            return FileOrders.read(options.orders(), options.products(), options.cancelShare(), options.seed());
        }
        String run = "L" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
        return new GeneratedOrders(options.seed(), run, options.count(), options.cancelShare());
    }

    private static void endEarlyOnSignal(LoadRun run, CountDownLatch ended) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            run.stop();
                            try {
                                ended.await(20, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "load-shutdown"));
    }

    private static void requireWritable(Path report) {
        try {
            Path parent = report.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
        } catch (IOException e) {
            throw new UsageException("--report: cannot write " + report + ": " + e);
        }
    }

    /** Writes a table as JSON. */
    public static void write(ClosingTable table, Path report) {
        try {
            requireWritable(report);
            Files.write(
                    report,
                    JsonMapper.builder()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .build()
                            .writeValueAsBytes(table.asJson()));
        } catch (IOException e) {
            throw new UsageException("--report: cannot write " + report + ": " + e);
        }
    }
}
