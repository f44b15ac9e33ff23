package io.milena.demo;

import java.io.PrintStream;

/** One line that grows on a terminal; a line now and then elsewhere. */
final class ProgressBar {

    private static final int WIDTH = 40;
    private static final long TERMINAL_INTERVAL_NS = 100_000_000L;
    private static final long PLAIN_INTERVAL_NS = 2_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final int total;
    private final long startNs = System.nanoTime();
    private long nextNs = startNs;

    ProgressBar(PrintStream out, boolean terminal, int total) {
        this.out = out;
        this.terminal = terminal;
        this.total = total;
    }

    void show(long placed, long ended) {
        long now = System.nanoTime();
        boolean done = ended >= total;
        if (now < nextNs && !done) {
            return;
        }
        nextNs = now + (terminal ? TERMINAL_INTERVAL_NS : PLAIN_INTERVAL_NS);
        int filled = (int) Math.min(WIDTH, total == 0 ? WIDTH : ended * WIDTH / total);
        String line = String.format(
                "  [%s%s] %d placed, %d of %d at their end, %.1f s",
                "#".repeat(filled), ".".repeat(WIDTH - filled), placed, ended, total, (now - startNs) / 1e9);
        if (terminal) {
            out.print("\r" + line + "  ");
            out.flush();
        } else {
            out.println(line);
        }
    }

    void end() {
        if (terminal) {
            out.println();
        }
    }
}
