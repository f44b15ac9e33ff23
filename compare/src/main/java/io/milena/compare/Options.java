package io.milena.compare;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How much is asked.
 *
 * @param only APIs and scripts to ask; empty for all
 * @param report where the details go
 */
record Options(Depth depth, Set<String> only, Path report) {

    /** Each asks what those before it ask, and more. */
    enum Depth {
        /** Good requests in every version. */
        GOOD,
        /** Also what has a history. */
        QUICK,
        /** Also each field changed, every setting, and what may end or break a node. */
        ALL
    }

    static Options parse(String[] args) {
        Depth depth = Depth.ALL;
        Set<String> only = new TreeSet<>();
        Path report = Path.of("target/compare-kafka.txt");
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick":
                    depth = Depth.QUICK;
                    break;
                case "--only":
                    only.addAll(List.of(args[++i].split(",")));
                    break;
                case "--report":
                    report = Path.of(args[++i]);
                    break;
                default:
                    throw new IllegalArgumentException(
                            args[i] + " is no option; there are --quick, --only API,API and --report FILE");
            }
        }
        return new Options(depth, only, report);
    }

    boolean wants(String what) {
        return only.isEmpty() || only.contains(what);
    }

    boolean atLeast(Depth wanted) {
        return depth.compareTo(wanted) >= 0;
    }
}
