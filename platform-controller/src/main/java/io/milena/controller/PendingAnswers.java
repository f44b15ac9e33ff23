package io.milena.controller;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers that wait for the commit of what they tell, in log order. Confined to the controller's thread. */
final class PendingAnswers {
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    /** @param answer gets null once {@code lastOffset} is committed, or the reason why nobody knows whether it ever will be */
    void add(long lastOffset, Consumer<@Nullable Throwable> answer) {
        entries.add(new Entry(lastOffset, answer));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    /** Answers everything that depends on offsets up to {@code lastOffset} only. */
    void committed(long lastOffset) {
        for (Entry head = entries.peek(); head != null && head.lastOffset() <= lastOffset; head = entries.peek()) {
            entries.remove();
            head.answer().accept(null);
        }
    }

    /** Leadership is lost: what was decided may or may not be committed by another leader. */
    void failAll(Throwable error) {
        for (Entry head = entries.poll(); head != null; head = entries.poll()) {
            head.answer().accept(error);
        }
    }

    private record Entry(long lastOffset, Consumer<@Nullable Throwable> answer) {}
}
