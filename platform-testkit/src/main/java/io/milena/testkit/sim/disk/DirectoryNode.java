package io.milena.testkit.sim.disk;

import io.milena.testkit.sim.Dice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Names of files and directories. A name made, moved or removed is durable once the directory is synced. */
final class DirectoryNode implements Node {
    /** One step of the journal: names that get another node, or none. */
    private record Change(Map<String, @Nullable Node> names) {}

    private final TreeMap<String, Node> live = new TreeMap<>();
    private final TreeMap<String, Node> durable = new TreeMap<>();
    private final List<Change> unsynced = new ArrayList<>();

    @Nullable
    Node get(String name) {
        return live.get(name);
    }

    Iterable<String> names() {
        return new ArrayList<>(live.keySet());
    }

    boolean isEmpty() {
        return live.isEmpty();
    }

    void put(String name, Node node) {
        Map<String, @Nullable Node> change = new HashMap<>();
        change.put(name, node);
        change(change);
    }

    void remove(String name) {
        Map<String, @Nullable Node> change = new HashMap<>();
        change.put(name, null);
        change(change);
    }

    /** In one step, over whatever had the new name. */
    void rename(String from, String to, Node node) {
        Map<String, @Nullable Node> change = new HashMap<>();
        change.put(from, null);
        change.put(to, node);
        change(change);
    }

    private void change(Map<String, @Nullable Node> names) {
        Change change = new Change(names);
        apply(change, live);
        unsynced.add(change);
    }

    void sync() {
        unsynced.forEach(change -> apply(change, durable));
        unsynced.clear();
    }

    /** A directory below was synced, and its name with it. */
    void syncName(String name) {
        Node node = live.get(name);
        if (node != null) {
            durable.put(name, node);
        }
    }

    private static void apply(Change change, Map<String, Node> names) {
        change.names().forEach((name, node) -> {
            if (node == null) {
                names.remove(name);
            } else {
                names.put(name, node);
            }
        });
    }

    /** File systems keep a journal of names: what survives is a beginning of it. */
    @Override
    public void losePower(Dice dice) {
        int kept = dice.below(unsynced.size() + 1);
        unsynced.subList(0, kept).forEach(change -> apply(change, durable));
        unsynced.clear();
        live.clear();
        live.putAll(durable);
        live.values().forEach(node -> node.losePower(dice));
    }
}
