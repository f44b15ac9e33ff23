package io.milena.demo.load;

import java.io.PrintStream;

/** One line that changes on a terminal; a line now and then elsewhere. From one thread. */
final class Progress {

    private static final int WIDTH = 30;
    private static final long TERMINAL_INTERVAL_NS = 200_000_000L;
    private static final long PLAIN_INTERVAL_NS = 2_000_000_000L;

    private final PrintStream out;
    private final boolean terminal;
    private final long total;
    private final long startNs = System.nanoTime();
    private long nextNs = startNs;
    private long lastNs = startNs;
    private long lastPlaced;
    private long lastEnded;

    /** @param total orders to come; {@link Long#MAX_VALUE} if nobody knows */
    Progress(PrintStream out, boolean terminal, long total) {
        this.out = out;
        this.terminal = terminal;
        this.total = total;
    }

    /** @param nowEnded orders at their end; -1 if nobody can say at the moment */
    void show(Tally tally, long nowEnded) {
        long ended = nowEnded < 0 ? lastEnded : nowEnded;
        lastEnded = ended;
        long now = System.nanoTime();
        if (now < nextNs && ended < total) {
            return;
        }
        nextNs = now + (terminal ? TERMINAL_INTERVAL_NS : PLAIN_INTERVAL_NS);
        Tally.Figures figures = tally.figures();
        double rate = (figures.accepted() - lastPlaced) / Math.max(0.001, (now - lastNs) / 1e9);
        lastPlaced = figures.accepted();
        lastNs = now;
        String line = String.format(
                "  %s%,d placed (%,.0f/s), %,d%s at their end, REST p99 %,.0f ms, %,d sent again, %.1f s",
                bar(ended),
                figures.accepted(),
                rate,
                ended,
                total == Long.MAX_VALUE ? "" : String.format(" of %,d", total),
                tally.answers().p99(),
                figures.retries(),
                (now - startNs) / 1e9);
        synchronized (out) {
            if (terminal) {
                out.print("\r" + line + "  ");
                out.flush();
            } else {
                out.println(line);
            }
        }
    }

    void end() {
        if (terminal) {
            out.println();
        }
    }

    private String bar(long ended) {
        if (total == Long.MAX_VALUE) {
            return "";
        }
        int filled = (int) Math.min(WIDTH, total == 0 ? WIDTH : ended * WIDTH / total);
        return "[" + "#".repeat(filled) + ".".repeat(WIDTH - filled) + "] ";
    }
}
