package io.milena.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Says in one line, at the end of {@code mvn verify}, which tests were skipped and for want of what. A skipped test is green in every
 * report, so nobody would notice that PostgreSQL or another client was never tried.
 */
public final class SkippedTests {

    private static final int LEVELS = 4; // client-starter/<module>/target/surefire-reports

    private SkippedTests() {}

    /** @param arguments the directory of the whole build */
    public static void main(String[] arguments) throws Exception {
        Map<String, Integer> reasons = new TreeMap<>();
        for (Path report : reports(Path.of(arguments[0]))) {
            NodeList skipped = DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(report.toFile())
                    .getElementsByTagName("skipped");
            for (int i = 0; i < skipped.getLength(); i++) {
                reasons.merge(reason((Element) skipped.item(i)), 1, Integer::sum);
            }
        }
        int count = reasons.values().stream().mapToInt(Integer::intValue).sum();
        System.out.println(
                count == 0
                        ? "No test was skipped."
                        : count + " tests were skipped: "
                                + reasons.entrySet().stream()
                                        .map(reason -> reason.getValue() + " × " + reason.getKey())
                                        .collect(Collectors.joining("; ")));
    }

    private static List<Path> reports(Path build) throws IOException {
        try (Stream<Path> files = Files.find(
                build,
                LEVELS + 1,
                (file, attributes) -> file.toString().contains("surefire-reports")
                        && file.getFileName().toString().matches("TEST-.*\\.xml"))) {
            return files.toList();
        }
    }

    /** The first line, without the class of JUnit's exception. */
    private static String reason(Element skipped) {
        String message = skipped.getAttribute("message");
        String text = message.isEmpty() ? skipped.getTextContent() : message;
        return text.lines()
                .findFirst()
                .orElse("no reason given")
                .replaceFirst("^[\\w.]*TestAbortedException: ", "")
                .replaceFirst("^Assumption failed: ", "");
    }
}
