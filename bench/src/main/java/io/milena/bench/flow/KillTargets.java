package io.milena.bench.flow;

import java.util.List;

/**
 * Processes that are killed (-9) at the same moment.
 *
 * @param kinds of which one each dies; two are different
 */
record KillTargets(List<Kind> kinds) {

    /** What can be killed. */
    enum Kind {
        SERVICE,
        BROKER,
        CONTROLLER
    }

    KillTargets {
        kinds = List.copyOf(kinds);
    }
}
