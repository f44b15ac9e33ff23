package io.milena.testkit.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * What happened in a world: always as a hash, by which two runs are compared, and as text if wanted, of which the end is
 * kept.
 */
public final class Trace {
    private static final int LINES = 5_000;

    private final boolean keepText;
    private final Deque<String> lines = new ArrayDeque<>();
    private long hash = 17;

    Trace(boolean keepText) {
        this.keepText = keepText;
    }

    void note(long timeUs, String what, long... which) {
        hash = (hash * 31 + timeUs) * 31 + what.hashCode();
        for (long number : which) {
            hash = hash * 31 + number;
        }
        if (keepText) {
            keep(timeUs, what + ' ' + Arrays.toString(which));
        }
    }

    /** Bytes that went over the wire or to the disk count too. */
    void mix(byte[] bytes, int length) {
        int sum = 1;
        for (int i = 0; i < length; i++) {
            sum = 31 * sum + bytes[i];
        }
        hash = hash * 31 + sum;
    }

    /** Whether {@link #say} is worth a string. */
    public boolean isKept() {
        return keepText;
    }

    /** Text only, for the reader of a replay; not part of the hash. */
    public void say(long timeUs, String what) {
        if (keepText) {
            keep(timeUs, what);
        }
    }

    private void keep(long timeUs, String text) {
        lines.add(timeUs / 1_000 + "." + String.format("%03d", timeUs % 1_000) + " " + text);
        if (lines.size() > LINES) {
            lines.remove();
        }
    }

    public long hash() {
        return hash;
    }

    /** The last lines, oldest first; empty when no text is kept. */
    public String tail(int count) {
        StringBuilder text = new StringBuilder();
        lines.stream()
                .skip(Math.max(0, lines.size() - count))
                .forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }
}
