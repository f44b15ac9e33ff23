package io.milena.coordinator.group.consumer;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Estimates how many instructions a regular expression has once its repetitions are expanded, without building them: the parser takes
 * {@code ((x{1000}){1000}){1000}} and runs out of memory. Reads no more than parentheses, brackets, escapes and counted repetitions.
 */
final class PatternSize {

    private static final long TOO_LARGE = Long.MAX_VALUE / 4_096;

    private final String regex;
    private final int deepestNesting;
    private int at;
    /** Sizes of what stands before each open parenthesis. */
    private final Deque<Long> outer = new ArrayDeque<>();

    private long before;
    private long last;

    private PatternSize(String regex, int deepestNesting) {
        this.regex = regex;
        this.deepestNesting = deepestNesting;
    }

    /** The estimate; very large if parentheses are nested deeper than {@code deepestNesting}. */
    static long of(String regex, int deepestNesting) {
        return new PatternSize(regex, deepestNesting).size();
    }

    private long size() {
        while (at < regex.length()) {
            char c = regex.charAt(at++);
            switch (c) {
                case '\\' -> escape();
                case '[' -> characterClass();
                case '(' -> open();
                case ')' -> close();
                case '{' -> repeat();
                case '*', '+', '?' -> last++;
                default -> next(1);
            }
            if (outer.size() > deepestNesting || before + last > TOO_LARGE) {
                return TOO_LARGE;
            }
        }
        while (!outer.isEmpty()) {
            close(); // the parser will say what is missing
        }
        return before + last;
    }

    private void next(long size) {
        before += last;
        last = size;
    }

    private void escape() {
        if (regex.startsWith("Q", at)) {
            int end = regex.indexOf("\\E", at);
            next(end < 0 ? regex.length() - at : end - at);
            at = end < 0 ? regex.length() : end + 2;
        } else {
            at++;
            next(1);
        }
    }

    /** One instruction, whatever it holds; a bracket that comes first in it is a character. */
    private void characterClass() {
        int first = regex.startsWith("^", at) ? at + 1 : at;
        int end = Math.min(first + 1, regex.length());
        while (end < regex.length() && regex.charAt(end) != ']') {
            if (regex.startsWith("[:", end)) {
                int name = regex.indexOf(":]", end);
                end = name < 0 ? end + 1 : name + 2;
            } else {
                end += regex.charAt(end) == '\\' ? 2 : 1;
            }
        }
        at = Math.min(regex.length(), end + 1);
        next(1);
    }

    private void open() {
        outer.push(before + last);
        before = 0;
        last = 0;
    }

    private void close() {
        if (!outer.isEmpty()) {
            long group = before + last + 2;
            before = outer.pop();
            last = group;
        }
    }

    /** {@code {n}}, {@code {n,}} or {@code {n,m}}; anything else in braces is text. */
    private void repeat() {
        int end = regex.indexOf('}', at);
        String[] counts = end < 0 || end - at > 12
                ? new String[0]
                : regex.substring(at, end).split(",", -1);
        if (counts.length < 1
                || counts.length > 2
                || !counts[0].matches("\\d{1,5}")
                || !counts[counts.length - 1].matches("\\d{0,5}")) {
            next(1);
            return;
        }
        int least = Integer.parseInt(counts[0]);
        String most = counts[counts.length - 1];
        last = Math.max(1, last) * Math.max(1, most.isEmpty() ? least + 1 : Math.max(least, Integer.parseInt(most)));
        at = end + 1;
    }
}
