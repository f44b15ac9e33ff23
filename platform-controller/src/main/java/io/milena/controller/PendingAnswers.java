package io.milena.controller;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers that wait for the commit of what they tell, in log order. Confined to the controller's thread. */
final class PendingAnswers {
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    /** An answer for which the log end is not known yet; to be given one by {@link Entry#endOffset}. */
    static final class Entry {
        private final Consumer<@Nullable Throwable> answer;
        /** Last offset that has to be committed, -1 while the append is on its way. */
        long endOffset;

        Entry(long endOffset, Consumer<@Nullable Throwable> answer) {
            this.endOffset = endOffset;
            this.answer = answer;
        }
    }

    Entry add(long endOffset, Consumer<@Nullable Throwable> answer) {
        Entry entry = new Entry(endOffset, answer);
        entries.add(entry);
        return entry;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int size() {
        return entries.size();
    }

    /** Answers everything that depends on offsets up to {@code lastOffset} only. */
    void committed(long lastOffset) {
        while (true) {
            Entry head = entries.peek();
            if (head == null || head.endOffset < 0 || head.endOffset > lastOffset) {
                return;
            }
            entries.remove();
            head.answer.accept(null);
        }
    }

    /** Leadership is lost: what was decided may or may not be committed by another leader. */
    void failAll(Throwable error) {
        while (true) {
            Entry head = entries.poll();
            if (head == null) {
                return;
            }
            head.answer.accept(error);
        }
    }
}
