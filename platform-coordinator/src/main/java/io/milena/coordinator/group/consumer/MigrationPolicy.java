package io.milena.coordinator.group.consumer;

import java.util.Arrays;
import java.util.Locale;

/** {@code group.consumer.migration.policy}: whether groups with members may change between the classic and the consumer protocol. */
enum MigrationPolicy {
    /** Classic groups become consumer groups when a member of the consumer protocol joins, and the other way when the last one leaves. */
    BIDIRECTIONAL(true, true),
    UPGRADE(true, false),
    DOWNGRADE(false, true),
    /** Neither; a consumer group with members takes no member of the classic protocol. */
    DISABLED(false, false);

    final boolean allowsUpgrade;
    final boolean allowsDowngrade;

    MigrationPolicy(boolean allowsUpgrade, boolean allowsDowngrade) {
        this.allowsUpgrade = allowsUpgrade;
        this.allowsDowngrade = allowsDowngrade;
    }

    /** @throws IllegalArgumentException if there is none of that name, whatever its case */
    static MigrationPolicy of(String name) {
        return Arrays.stream(values())
                .filter(policy -> policy.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("group.consumer.migration.policy must be one of "
                        + Arrays.toString(values()) + ", not " + name));
    }
}
