package io.milena.testkit.mutation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A planted bug. Its file has a head of {@code key: value} lines, then the old text behind a line {@code --- }, then the new text
 * behind a line {@code +++}, which may be empty.
 *
 * @param name of its file
 * @param bug what is wrong with it, in one sentence, and who had it
 * @param source of the class that is changed, from the project's directory on
 * @param simulation that must find it
 * @param from first seed to try, to find it early; 1 if not said
 * @param seeds how many to try at most
 * @param rare whether it takes hundreds of seeds: too long for each build, and where it is caught moves with every change
 */
record Mutant(
        String name,
        String bug,
        String source,
        String simulation,
        long from,
        long seeds,
        boolean rare,
        String before,
        String after) {

    private static final Pattern WORDS = Pattern.compile("\\w+|[^\\w\\s]");

    static Path project() {
        Path here = Path.of("").toAbsolutePath();
        return Files.isDirectory(here.resolve("platform-raft")) ? here : here.getParent();
    }

    /** All there are. */
    static List<Mutant> all() {
        try (Stream<Path> files = Files.list(project().resolve("platform-testkit/src/test/mutants"))) {
            return files.filter(file -> file.toString().endsWith(".mutant"))
                    .sorted()
                    .map(Mutant::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Mutant read(Path file) {
        String name = file.getFileName().toString().replace(".mutant", "");
        try {
            return parse(name, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Mutant parse(String name, String text) {
        int old = text.indexOf("\n---\n");
        int fresh = text.indexOf("\n+++\n");
        if (old < 0 || fresh < old) {
            throw new IllegalArgumentException(
                    "Mutant " + name + " has no old text behind --- or no new one behind +++");
        }
        Map<String, String> head = new HashMap<>();
        text.substring(0, old).lines().forEach(line -> {
            int colon = line.indexOf(':');
            head.put(line.substring(0, colon).trim(), line.substring(colon + 1).trim());
        });
        for (String key : List.of("bug", "source", "simulation")) {
            if (!head.containsKey(key)) {
                throw new IllegalArgumentException("Mutant " + name + " does not say its " + key);
            }
        }
        return new Mutant(
                name,
                head.get("bug"),
                head.get("source"),
                head.get("simulation"),
                Long.parseLong(head.getOrDefault("from", "1")),
                Long.parseLong(head.getOrDefault("seeds", "300")),
                head.containsKey("rare"),
                text.substring(old + 5, fresh + 1).stripTrailing(),
                text.substring(fresh + 5).stripTrailing());
    }

    /** The source with the bug in it. How the old text is broken into lines does not matter. */
    String mutated(String original) {
        Matcher found = Pattern.compile(WORDS.matcher(before)
                        .results()
                        .map(word -> Pattern.quote(word.group()))
                        .collect(Collectors.joining("\\s*")))
                .matcher(original);
        if (!found.find()) {
            throw new IllegalStateException(
                    "Mutant " + name + ": its old text is not in " + source + " any more:\n" + before);
        }
        int start = found.start();
        int end = found.end();
        if (found.find()) {
            throw new IllegalStateException("Mutant " + name + ": its old text is in " + source + " more than once");
        }
        return original.substring(0, start) + after + original.substring(end);
    }

    /** The class that the source file is named after. */
    String className() {
        int from = source.indexOf("src/main/java/") + "src/main/java/".length();
        return source.substring(from, source.length() - ".java".length()).replace('/', '.');
    }
}
