package io.milena.controller.core;

/**
 * Which records and which of their versions a finalized {@code metadata.version} allows. Records are always written at the
 * finalized level, never at the newest we know: an older Apache Kafka node of the cluster must be able to read them.
 *
 * @param level finalized level of {@code metadata.version} (7 = 3.3-IV3 ... 30 = 4.3-IV0)
 */
public record RecordVersions(short level) {
    private static final int V3_6_IV0_NO_BUMP_ON_SHRINK = 12;
    private static final int V3_6_IV1_TRANSACTIONS = 13;
    private static final int V3_7_IV0_REGISTER_CONTROLLER = 15;
    private static final int V3_7_IV2_DIRECTORIES = 17;
    private static final int V4_0_IV1_ELR = 23;
    private static final int V4_3_IV0_CORDONED_DIRS = 30;
    private static final int V3_4_IV0_MIGRATION = 8;

    public short registerBroker() {
        if (level >= V4_3_IV0_CORDONED_DIRS) {
            return 4;
        }
        if (directories()) {
            return 3;
        }
        return (short) (level >= V3_4_IV0_MIGRATION ? 2 : 1);
    }

    public short brokerRegistrationChange() {
        if (level >= V4_3_IV0_CORDONED_DIRS) {
            return 3;
        }
        return (short) (directories() ? 2 : 1);
    }

    public short partition() {
        if (elr()) {
            return 2;
        }
        return (short) (directories() ? 1 : 0);
    }

    public short partitionChange() {
        return partition();
    }

    /** KIP-858: records carry log directories. */
    public boolean directories() {
        return level >= V3_7_IV2_DIRECTORIES;
    }

    /** KIP-966: records can carry eligible leader replicas. */
    public boolean elr() {
        return level >= V4_0_IV1_ELR;
    }

    /** KIP-919: controllers register. */
    public boolean controllerRegistration() {
        return level >= V3_7_IV0_REGISTER_CONTROLLER;
    }

    /** KIP-868: records 23 to 25 may be written. */
    public boolean transactions() {
        return level >= V3_6_IV1_TRANSACTIONS;
    }

    /** KIP-1066: brokers tell of cordoned directories. */
    public boolean cordonedDirectories() {
        return level >= V4_3_IV0_CORDONED_DIRS;
    }

    /** Older brokers only notice a shrunken ISR by a new leader epoch (KAFKA-15021). */
    boolean bumpsLeaderEpochOnShrink() {
        return level < V3_6_IV0_NO_BUMP_ON_SHRINK;
    }
}
