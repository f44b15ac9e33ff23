package io.milena.testkit.coordinator.node;

import io.milena.testkit.sim.Violation;

/** What a process did in the present second: not much more than it was asked for, whatever goes wrong. */
final class WorkCount {
    private static final int TASKS_AT_REST = 400;
    private static final int TASKS_PER_REQUEST = 12;
    private static final int RECORDS_AT_REST = 200;
    private static final int RECORDS_PER_REQUEST = 12;

    private long second = -1;
    private int tasks;
    private int records;
    private int requests;
    private int requestsBefore;

    void task() {
        tasks++;
    }

    void request() {
        requests++;
    }

    void appended(int count) {
        records += count;
    }

    void look(long nowUs, int broker) {
        long now = nowUs / 1_000_000;
        if (now == second) {
            return;
        }
        int asked = requests + requestsBefore;
        Violation.unless(
                tasks <= TASKS_AT_REST + TASKS_PER_REQUEST * asked,
                "Broker %d ran %d tasks of its coordinators within a second for %d requests",
                broker,
                tasks,
                asked);
        Violation.unless(
                records <= RECORDS_AT_REST + RECORDS_PER_REQUEST * asked,
                "Broker %d appended %d records of its coordinators within a second for %d requests",
                broker,
                records,
                asked);
        requestsBefore = second == now - 1 ? requests : 0;
        second = now;
        tasks = 0;
        records = 0;
        requests = 0;
    }
}
