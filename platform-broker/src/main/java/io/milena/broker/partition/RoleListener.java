package io.milena.broker.partition;

/**
 * Told whenever a hosted partition has taken another role, a new leader epoch, or has gone. Called on the metadata thread; must
 * not block.
 */
@FunctionalInterface
public interface RoleListener {
    void onRole(Partition partition);
}
