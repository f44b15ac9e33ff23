package io.milena.coordinator.group.api;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/** The parts of an answer that several shards give, in the order of the request; complete when the last part is in. */
final class Parts<P> {

    private final AtomicReferenceArray<P> parts;
    private final AtomicInteger missing;
    private final Consumer<List<P>> complete;

    /** @param complete called once, on the thread that brings the last part; at once if there are none */
    Parts(int count, Consumer<List<P>> complete) {
        this.parts = new AtomicReferenceArray<>(count);
        this.missing = new AtomicInteger(count);
        this.complete = complete;
        if (count == 0) {
            complete.accept(List.of());
        }
    }

    void put(int index, P part) {
        parts.set(index, part);
        if (missing.decrementAndGet() == 0) {
            Object[] all = new Object[parts.length()];
            Arrays.setAll(all, parts::get);
            complete.accept(asList(all));
        }
    }

    @SuppressWarnings("unchecked")
    private static <P> List<P> asList(Object[] all) {
        return (List<P>) Arrays.asList(all);
    }
}
