package io.milena.testkit.coordinator.group;

import io.milena.testkit.sim.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every state that a committed offset ever had, in the order of the log, and which of them somebody was told of: nobody may be told of an
 * older one afterwards, nor of one that is not committed. Each commit has a tag of its own as its metadata, so that it can be found again.
 */
final class CommittedOffsetsLedger {
    record Key(String group, int partition) {}

    /** States of one offset; a null tag is "none". */
    private static final class States {
        private final List<@Nullable String> tags = new ArrayList<>();
        private int told;

        States() {
            tags.add(null);
        }
    }

    private final Map<Key, States> states = new HashMap<>();

    private States states(Key key) {
        return states.computeIfAbsent(key, none -> new States());
    }

    /** @param tag null when it was removed */
    void committed(Key key, @Nullable String tag) {
        states(key).tags.add(tag);
    }

    /** Up to where its states are known to somebody now; what is asked from now on must not be answered with less. */
    int told(Key key) {
        return states(key).told;
    }

    /** A client was told that its commit is done. */
    void acknowledged(Key key, String tag) {
        States known = states(key);
        int index = known.tags.lastIndexOf(tag);
        Violation.unless(index >= 0, "The commit %s of %s is acknowledged and not committed", tag, key);
        known.told = Math.max(known.told, known.tags.indexOf(tag));
    }

    /**
     * A client was shown an offset.
     *
     * @param tag null for none
     * @param atLeast the oldest state that may be shown
     */
    void shown(Key key, @Nullable String tag, int atLeast) {
        States known = states(key);
        for (int index = atLeast; index < known.tags.size(); index++) {
            String each = known.tags.get(index);
            if (each == null ? tag == null : each.equals(tag)) {
                known.told = Math.max(known.told, index);
                return;
            }
        }
        throw new Violation("Offset %s of %s is shown, which is not committed, or older than %s, which was told before"
                .formatted(tag, key, known.tags.get(Math.min(atLeast, known.tags.size() - 1))));
    }

    /** A client was told that the group is deleted, with all its offsets. */
    void deleted(Key key, int toldWhenAsked) {
        States known = states(key);
        for (int index = toldWhenAsked; index < known.tags.size(); index++) {
            if (known.tags.get(index) == null) {
                known.told = Math.max(known.told, index);
                return;
            }
        }
        throw new Violation("The group of %s is deleted, and offset %s is still committed"
                .formatted(key, known.tags.get(known.tags.size() - 1)));
    }
}
