package io.milena.bench.flow;

import io.milena.bench.Row;
import io.milena.bench.Server;
import io.milena.demo.load.ClosingTable;
import io.milena.demo.load.GeneratedOrders;
import io.milena.demo.load.Latency;
import io.milena.demo.load.LoadRun;
import io.milena.demo.load.Pace;
import io.milena.testkit.process.Engine;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The three services as processes beside one node (without Spring), customers in this JVM: after a warm-up, orders at full speed,
 * then at a rate far from the limit, then now and then.
 */
public final class OrderFlowRow implements Row {

    private static final int WARM_UP = 1_000;
    private static final int FULL_SPEED = 2_000;
    private static final int STEADY_PER_SECOND = 20;
    private static final int STEADY = 600;
    private static final int IDLE_PER_SECOND = 2;
    private static final int IDLE = 20;
    private static final int CUSTOMERS = 16;

    private final boolean postgres;
    private final AtomicInteger runs = new AtomicInteger();

    /** @param postgres whether the services keep their data in PostgreSQL instead of H2 */
    public OrderFlowRow(boolean postgres) {
        this.postgres = postgres;
    }

    @Override
    public String name() {
        return postgres ? "order-flow-postgres" : "order-flow";
    }

    @Override
    public boolean warmsUp() {
        return false; // it does so itself: the services are what has to be warm
    }

    @Override
    public Map<String, Double> measure(Server server) throws Exception {
        Path directory = Files.createTempDirectory("order-flow-");
        Engine engine = server.isApacheKafka() ? Engine.apacheKafka() : Engine.milena();
        Map<String, Double> figures = new LinkedHashMap<>();
        String database = postgres ? "PostgreSQL" : "H2";
        List<String> options = profiling(directory);
        try (FlowProcesses flow = new FlowProcesses(new FlowProcesses.Plan(engine, 1, postgres, directory, options))) {
            flow.start();
            place(flow, Pace.FULL_SPEED, WARM_UP);
            double cpuBefore = cpuSeconds(flow);
            ClosingTable full = place(flow, Pace.FULL_SPEED, FULL_SPEED);
            figures.put("order flow at full speed, " + database + ", orders/s", full.rate());
            figures.put(
                    "services' CPU per thousand orders, " + database + ", s",
                    (cpuSeconds(flow) - cpuBefore) * 1_000 / FULL_SPEED);
            figures("at " + STEADY_PER_SECOND + "/s", place(flow, new Pace(STEADY_PER_SECOND), STEADY), figures);
            figures("idle", place(flow, new Pace(IDLE_PER_SECOND), IDLE), figures);
            if (!options.isEmpty()) {
                flow.services().forEach(ServiceProcess::stop); // which writes the recordings
                System.err.println("recordings are in " + directory);
            }
        }
        return figures;
    }

    /** With -Dmilena.bench.jfr=true every service records itself. */
    private static List<String> profiling(Path directory) {
        return Boolean.getBoolean("milena.bench.jfr")
                ? List.of("-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=" + directory + "/%s.jfr")
                : List.of();
    }

    private static double cpuSeconds(FlowProcesses flow) {
        return flow.services().stream().mapToDouble(ServiceProcess::cpuSeconds).sum();
    }

    private ClosingTable place(FlowProcesses flow, Pace pace, int count) {
        int run = runs.incrementAndGet();
        LoadRun load = new LoadRun(
                flow.shop(),
                new GeneratedOrders(run, "B" + run, count, 0),
                new LoadRun.Settings(pace, CUSTOMERS, null, Duration.ofMinutes(2), flow.bootstrapServers(), false),
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        load.sell();
        ClosingTable table = load.run();
        if (!table.isRight()) {
            throw new IllegalStateException("the flow went wrong: " + table.problems());
        }
        return table;
    }

    private static void figures(String phase, ClosingTable table, Map<String, Double> figures) {
        Latency rest = latency(table, "REST");
        Latency shipped = latency(table, "to shipped");
        figures.put("placing an order, " + phase + ", p50, ms", rest.p50());
        figures.put("placing an order, " + phase + ", p99, ms", rest.p99());
        figures.put("order to shipped, " + phase + ", p50, ms", shipped.p50());
        figures.put("order to shipped, " + phase + ", p99, ms", shipped.p99());
    }

    private static Latency latency(ClosingTable table, String what) {
        @Nullable Latency latency = table.latencies().get(what);
        if (latency == null) {
            throw new IllegalStateException("there is no latency " + what + ", only "
                    + table.latencies().keySet());
        }
        return latency;
    }
}
