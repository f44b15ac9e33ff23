package io.milena.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Differences that are known, from {@code expected-differences.tsv} or {@code open-differences.tsv}: API (and, behind a space, the question's name), versions ({@code 3-5}, {@code *}), path, Apache Kafka's value,
 * ours, and the reason, divided by tabs. In names, paths and values {@code *} stands
 * for anything and {@code ?} for any character.
 */
final class ExpectedDifferences {
    private final List<Line> lines;
    private final Set<Line> used = ConcurrentHashMap.newKeySet();

    private record Line(
            String text, Pattern api, Pattern question, int from, int to, Pattern path, Pattern kafka, Pattern milena) {
        boolean explains(ApiKeys key, short version, String name, Difference difference) {
            return version >= from
                    && version <= to
                    && api.matcher(key.name()).matches()
                    && question.matcher(name).matches()
                    && path.matcher(difference.path()).matches()
                    && kafka.matcher(difference.kafka()).matches()
                    && milena.matcher(difference.milena()).matches();
        }
    }

    private ExpectedDifferences(List<Line> lines) {
        this.lines = lines;
    }

    /** What is meant to differ. */
    static ExpectedDifferences onPurpose() {
        return read("expected-differences.tsv");
    }

    /** What is known to differ and is to be mended: the reason says how. */
    static ExpectedDifferences open() {
        return read("open-differences.tsv");
    }

    private static ExpectedDifferences read(String file) {
        try (InputStream in = Objects.requireNonNull(ExpectedDifferences.class.getResourceAsStream(file), file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return of(reader.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ExpectedDifferences of(List<String> lines) {
        return new ExpectedDifferences(lines.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(ExpectedDifferences::line)
                .toList());
    }

    private static Line line(String text) {
        String[] cells = text.split("\t+");
        if (cells.length != 6 || cells[5].isBlank()) {
            throw new IllegalArgumentException("Not six cells with a reason in the last: " + text);
        }
        String[] question = cells[0].split(" ", 2);
        String[] versions = cells[1].split("-");
        boolean any = cells[1].equals("*");
        return new Line(
                text,
                glob(question[0]),
                glob(question.length > 1 ? question[1] : "*"),
                any ? Short.MIN_VALUE : Integer.parseInt(versions[0]),
                any ? Short.MAX_VALUE : Integer.parseInt(versions[versions.length - 1]),
                glob(cells[2]),
                glob(cells[3]),
                glob(cells[4]));
    }

    /** {@code [*]} in a path is itself. */
    private static Pattern glob(String text) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (text.startsWith("[*]", i)) {
                pattern.append("\\[\\*]");
                i += 2;
            } else if (letter == '*') {
                pattern.append(".*");
            } else if (letter == '?') {
                pattern.append('.');
            } else {
                pattern.append(Pattern.quote(String.valueOf(letter)));
            }
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL);
    }

    boolean explains(ApiKeys api, short version, String question, Difference difference) {
        for (Line line : lines) {
            if (line.explains(api, version, question, difference)) {
                used.add(line);
                return true;
            }
        }
        return false;
    }

    /** Lines that have explained nothing so far. */
    List<String> unused() {
        return lines.stream()
                .filter(line -> !used.contains(line))
                .map(Line::text)
                .toList();
    }
}
