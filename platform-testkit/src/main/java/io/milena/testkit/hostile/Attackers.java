package io.milena.testkit.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Attackers as a process of their own, last in line for a processor: in earnest they sit on other machines, and neither their work nor
 * their garbage is to count as the nodes' slowness.
 */
final class Attackers implements AutoCloseable {
    private static final String STRUCK = "struck ";
    private static final String BROKEN = "broken ";

    private final Process process;
    private final Path output;

    private Attackers(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** How many strike, for how long, and with what: attacks whose names contain {@code only}, all if it is empty. */
    record Plan(long seed, Duration duration, int attackers, String only) {}

    /** What they did. {@code broken} says why one could not go on; empty if all could. */
    record Report(Map<String, Integer> strikes, List<String> broken, List<String> refusals) {}

    /** Starts attackers, which strike for as long as planned, and until each attack was made once. */
    static Attackers start(List<InetSocketAddress> targets, Plan plan, Path output) throws IOException {
        List<String> command = new ArrayList<>(List.of("nice", "-n", "19"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Attackers.class.getName()));
        command.addAll(List.of(
                Long.toString(plan.seed()),
                Long.toString(plan.duration().toMillis()),
                Integer.toString(plan.attackers()),
                plan.only()));
        targets.forEach(target -> command.add(target.getHostString() + ":" + target.getPort()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Attackers(process, output);
    }

    /** Waits for a moment; returns whether they have ended. */
    boolean haveEnded(Duration moment) throws InterruptedException {
        return process.waitFor(moment.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** To be asked when they have ended, or have been closed. */
    Report report() throws IOException {
        Map<String, Integer> strikes = new ConcurrentSkipListMap<>();
        List<String> broken = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (String line : Files.readAllLines(output)) {
            if (line.startsWith(STRUCK)) {
                strikes.merge(line.substring(STRUCK.length()), 1, Integer::sum);
            } else if (line.startsWith(BROKEN)) {
                broken.add(line.substring(BROKEN.length()));
            } else {
                refusals.add(line);
            }
        }
        if (strikes.isEmpty()) {
            broken.add("no attacker struck: " + refusals);
        }
        return new Report(strikes, broken, refusals);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** The process itself: seed, duration in ms, number of attackers, words of the attacks, then the targets as host:port. */
    public static void main(String[] args) throws InterruptedException {
        long seed = Long.parseLong(args[0]);
        long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[1]));
        List<InetSocketAddress> targets = new ArrayList<>();
        for (int i = 4; i < args.length; i++) {
            int colon = args[i].lastIndexOf(':');
            targets.add(
                    new InetSocketAddress(args[i].substring(0, colon), Integer.parseInt(args[i].substring(colon + 1))));
        }
        List<Attack> attacks = Arrays.stream(Attack.values())
                .filter(attack -> attack.name().contains(args[3]))
                .toList();
        AtomicInteger begun = new AtomicInteger();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[2]); i++) {
            int number = i;
            Runnable strikes = () -> strike(targets, attacks, new Random(seed + number), begun, untilNs);
            Thread attacker = new Thread(strikes, "attacker-" + i);
            attacker.start();
            all.add(attacker);
        }
        for (Thread attacker : all) {
            attacker.join();
        }
    }

    private static void strike(
            List<InetSocketAddress> targets, List<Attack> all, Random random, AtomicInteger begun, long untilNs) {
        for (int i = begun.getAndIncrement();
                i < all.size() || System.nanoTime() < untilNs;
                i = begun.getAndIncrement()) {
            Attack attack = all.get(i % all.size());
            InetSocketAddress target = targets.get(random.nextInt(targets.size()));
            try {
                attack.strike(target, new Random(random.nextLong()));
                System.out.println(STRUCK + attack);
            } catch (IOException e) {
                System.out.println(attack + " on " + target + ": " + e.getMessage());
            } catch (RuntimeException | Error e) {
                System.out.println(BROKEN + "an attacker could not go on with " + attack + ": " + e);
                return;
            }
        }
    }
}
