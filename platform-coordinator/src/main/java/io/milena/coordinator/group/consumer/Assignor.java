package io.milena.coordinator.group.consumer;

import java.util.Map;

/** Divides partitions among members; a pure function, and the same result for the same input. */
interface Assignor {

    String name();

    /** @return every partition of every wanted topic, each at one member; members without any are in it, too */
    Map<String, Partitions> assign(AssignmentInput input);
}
