package io.milena.bench.flow;

import io.milena.demo.load.ClosingTable;
import io.milena.demo.load.LoadRun;
import io.milena.demo.load.OrderSource;
import io.milena.demo.load.Pace;
import io.milena.demo.load.Shop;
import io.milena.demo.load.UnreachableException;
import io.milena.testkit.process.Await;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Orders at full speed while processes are killed; then every order, every unit and every dead letter is looked at. */
final class FlowChaos {

    private static final int CUSTOMERS = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration CALM = Duration.ofSeconds(90);

    private final FlowProcesses flow;
    private final OrderSource orders;
    private final Setting setting;
    private final PrintStream out;
    private final long beginNs = System.nanoTime();

    /**
     * How hard.
     *
     * @param kills at most; fewer if the orders are through before
     * @param poison records that nobody can read
     */
    record Setting(int kills, int poison, long seed) {}

    /**
     * What came out.
     *
     * @param complaints what did not hold; empty if everything did
     */
    record Result(ClosingTable table, Kills kills, int poison, List<String> complaints) {

        Map<String, Object> asJson() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("ok", complaints.isEmpty());
            json.put("complaints", complaints);
            json.put("kills", kills.asJson());
            json.put("poison", poison);
            json.put("table", table.asJson());
            return json;
        }
    }

    FlowChaos(FlowProcesses flow, OrderSource orders, Setting setting, PrintStream out) {
        this.flow = flow;
        this.orders = orders;
        this.setting = setting;
        this.out = out;
    }

    Result run() {
        flow.start();
        say("Everything serves");
        Shop shop = flow.shop();
        LoadRun load = new LoadRun(
                shop,
                orders,
                new LoadRun.Settings(Pace.FULL_SPEED, CUSTOMERS, null, PATIENCE, null, System.console() != null),
                out);
        load.sell();
        Map<String, Shop.Stock> stockBefore = shop.stock();
        Poison poison = new Poison(flow.bootstrapServers());
        poison.plant(setting.poison() / 2);
        ClosingTable table;
        Kills kills;
        try (ProcessKiller killer = new ProcessKiller(flow, setting.kills(), setting.seed(), this::say)) {
            killer.start();
            table = load.run();
            kills = killer.end();
        }
        poison.plant(setting.poison() - setting.poison() / 2);
        say("No more kills after " + kills.count() + "; looking at every order");
        flow.cluster().awaitServing();
        shop.awaitReady(CALM);
        return new Result(table, kills, poison.planted(), complaints(table, stockBefore, poison));
    }

    /** What still does not hold when everything had time to calm down. */
    private List<String> complaints(ClosingTable table, Map<String, Shop.Stock> stockBefore, Poison poison) {
        List<String> complaints = new ArrayList<>();
        if (table.tally().refused() + table.tally().givenUp() > 0) {
            complaints.add(
                    table.tally().asText() + "; the first: " + table.tally().complaint());
        }
        Audit audit = new Audit(flow.shop(), stockBefore);
        List<String> last = new ArrayList<>();
        try {
            Await.nothingMissing(CALM, () -> {
                last.clear();
                last.addAll(audit.complaints(table.tally().accepted()));
                last.addAll(poison.complaints());
                return last.isEmpty() ? null : last.get(0);
            });
        } catch (IllegalStateException | UnreachableException timeIsUp) {
            complaints.addAll(last.isEmpty() ? List.of(String.valueOf(timeIsUp.getMessage())) : last);
        }
        return complaints;
    }

    private void say(String what) {
        synchronized (out) {
            out.printf("%6.1f s  %s%n", (System.nanoTime() - beginNs) / 1e9, what);
        }
    }
}
