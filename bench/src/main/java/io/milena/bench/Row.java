package io.milena.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/** One line, or a few related lines, of the table: a workload against one freshly formatted server. */
public interface Row {
    /** Name on the command line, e.g. {@code cpu-produce}. */
    String name();

    /**
     * Runs once against {@code server} and returns what it measured, in the table's order.
     *
     * @return figure name with unit (e.g. {@code start to first record, ms}) to value
     */
    Map<String, Double> measure(Server server) throws Exception;

    /** Whether more is better, as the figure's unit says; otherwise less is. */
    static boolean moreIsBetter(String figure) {
        return figure.endsWith("/s");
    }

    /** Whether the node without Spring is measured too. */
    default boolean alsoBare() {
        return false;
    }

    /** Whether a first run, which warms the clients of this JVM, is not counted; it is worth its time where clients matter. */
    default boolean warmsUp() {
        return true;
    }

    static Map<String, Double> figures() {
        return new LinkedHashMap<>();
    }
}
