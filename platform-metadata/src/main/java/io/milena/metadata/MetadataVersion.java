package io.milena.metadata;

import java.util.Optional;

/**
 * Levels of the feature {@code metadata.version} with Kafka's names (KIP-584, KIP-778), and which record and request
 * versions each level allows. Records are written at the <em>finalized</em> level, never at the newest. The constants are
 * in the order of their levels, without a gap.
 */
public enum MetadataVersion {
    /** The oldest level a KRaft cluster can have. */
    V3_3_IV3(7, "3.3-IV3"),
    /** ZooKeeper migration state (KIP-866). */
    V3_4_IV0(8, "3.4-IV0"),
    V3_5_IV0(9, "3.5-IV0"),
    V3_5_IV1(10, "3.5-IV1"),
    /** SCRAM credentials as records (KIP-900). */
    V3_5_IV2(11, "3.5-IV2"),
    /** No leader epoch bump when the ISR shrinks. */
    V3_6_IV0(12, "3.6-IV0"),
    /** Metadata transactions (KIP-868). */
    V3_6_IV1(13, "3.6-IV1"),
    /** Delegation tokens as records. */
    V3_6_IV2(14, "3.6-IV2"),
    /** Controller registrations (KIP-919). */
    V3_7_IV0(15, "3.7-IV0"),
    V3_7_IV1(16, "3.7-IV1"),
    /** Directory assignment (KIP-858). */
    V3_7_IV2(17, "3.7-IV2"),
    V3_7_IV3(18, "3.7-IV3"),
    /** Fetch v16 with node endpoints (KIP-951). */
    V3_7_IV4(19, "3.7-IV4"),
    V3_8_IV0(20, "3.8-IV0"),
    /** Fetch v17 with directory ids (KIP-853). */
    V3_9_IV0(21, "3.9-IV0"),
    /** Group version 1 possible (KIP-848). */
    V4_0_IV0(22, "4.0-IV0"),
    /** Eligible leader replicas in partition records (KIP-966). */
    V4_0_IV1(23, "4.0-IV1"),
    /** Transaction version 2 possible (KIP-890). */
    V4_0_IV2(24, "4.0-IV2"),
    /** ListOffsets v10, asynchronous remote lookups (KIP-1075). */
    V4_0_IV3(25, "4.0-IV3"),
    /** Eligible leader replicas on by default. */
    V4_1_IV0(26, "4.1-IV0"),
    /** Fetch v18 with the follower's high watermark (KIP-1166). */
    V4_1_IV1(27, "4.1-IV1"),
    /** Share version 1 possible (KIP-932). */
    V4_2_IV0(28, "4.2-IV0"),
    /** Streams version 1 possible (KIP-1071); ListOffsets v11. */
    V4_2_IV1(29, "4.2-IV1"),
    /** Cordoned log directories (KIP-1066); the production default of 4.3. */
    V4_3_IV0(30, "4.3-IV0"),
    /** Unstable: in the making for 4.4. */
    V4_4_IV0(31, "4.4-IV0");

    public static final String FEATURE_NAME = "metadata.version";
    public static final MetadataVersion MINIMUM = V3_3_IV3;
    public static final MetadataVersion LATEST_PRODUCTION = V4_3_IV0;
    /** The newest level there is, with {@code unstable.feature.versions.enable}. */
    public static final MetadataVersion LATEST_UNSTABLE = V4_4_IV0;

    private static final MetadataVersion[] LEVELS = values();

    private final short level;
    private final String version;

    MetadataVersion(int level, String version) {
        this.level = (short) level;
        this.version = version;
    }

    /** The level written in FeatureLevel records and on the wire. */
    public short level() {
        return level;
    }

    /** Kafka's name for it, such as "4.3-IV0". */
    public String version() {
        return version;
    }

    /**
     * The version with that level.
     *
     * @throws IllegalArgumentException if there is no such level
     */
    public static MetadataVersion ofLevel(int level) {
        return find(level)
                .orElseThrow(() -> new IllegalArgumentException("metadata.version " + level + " is unknown, known are "
                        + MINIMUM.level + " to " + LEVELS[LEVELS.length - 1].level));
    }

    public static Optional<MetadataVersion> find(int level) {
        int index = level - MINIMUM.level;
        return index < 0 || index >= LEVELS.length ? Optional.empty() : Optional.of(LEVELS[index]);
    }

    /**
     * The version with that name. A release without "-IVn" ("4.3") means the newest level of that release.
     *
     * @throws IllegalArgumentException if there is no such name
     */
    public static MetadataVersion ofVersion(String version) {
        MetadataVersion newest = null;
        for (MetadataVersion candidate : LEVELS) {
            if (candidate.version.equals(version) || candidate.version.startsWith(version + "-")) {
                newest = candidate;
            }
        }
        if (newest == null) {
            throw new IllegalArgumentException("metadata.version '" + version + "' is unknown, known are "
                    + MINIMUM.version + " to " + LEVELS[LEVELS.length - 1].version);
        }
        return newest;
    }

    public boolean isAtLeast(MetadataVersion other) {
        return level >= other.level;
    }

    public boolean isProduction() {
        return LATEST_PRODUCTION.isAtLeast(this);
    }

    /** Whether records changed between the level below and this one, so that a downgrade would lose metadata. */
    public boolean didMetadataChange() {
        return switch (this) {
            case V3_3_IV3, V3_4_IV0, V3_5_IV2, V3_6_IV1, V3_6_IV2, V3_7_IV0, V3_7_IV2, V4_0_IV1, V4_3_IV0 -> true;
            default -> false;
        };
    }

    /** Whether going from one level to the other changes the records that may be written. */
    public static boolean metadataChangesBetween(MetadataVersion one, MetadataVersion other) {
        int low = Math.min(one.ordinal(), other.ordinal());
        int high = Math.max(one.ordinal(), other.ordinal());
        for (int i = low + 1; i <= high; i++) {
            if (LEVELS[i].didMetadataChange()) {
                return true;
            }
        }
        return false;
    }

    public boolean isMigrationSupported() {
        return isAtLeast(V3_4_IV0);
    }

    public boolean isScramSupported() {
        return isAtLeast(V3_5_IV2);
    }

    /** Below 3.6-IV0 the leader epoch rises also when the ISR shrinks (KAFKA-15021). */
    public boolean isLeaderEpochBumpRequiredOnIsrShrink() {
        return !isAtLeast(V3_6_IV0);
    }

    public boolean isMetadataTransactionSupported() {
        return isAtLeast(V3_6_IV1);
    }

    public boolean isDelegationTokenSupported() {
        return isAtLeast(V3_6_IV2);
    }

    public boolean isControllerRegistrationSupported() {
        return isAtLeast(V3_7_IV0);
    }

    public boolean isDirectoryAssignmentSupported() {
        return isAtLeast(V3_7_IV2);
    }

    public boolean isElrSupported() {
        return isAtLeast(V4_0_IV1);
    }

    public boolean isCordonedLogDirsSupported() {
        return isAtLeast(V4_3_IV0);
    }

    public short registerBrokerRecordVersion() {
        return (short)
                (isCordonedLogDirsSupported()
                        ? 4
                        : isDirectoryAssignmentSupported() ? 3 : isMigrationSupported() ? 2 : 1);
    }

    public short brokerRegistrationChangeRecordVersion() {
        return (short) (isCordonedLogDirsSupported() ? 3 : isDirectoryAssignmentSupported() ? 2 : 1);
    }

    /**
     * Version of the RegisterController record.
     *
     * @throws IllegalStateException below 3.7-IV0, where controllers are not registered
     */
    public short registerControllerRecordVersion() {
        if (!isControllerRegistrationSupported()) {
            throw new IllegalStateException("Controllers are not registered at metadata.version " + version);
        }
        return 0;
    }

    public short partitionRecordVersion() {
        return (short) (isElrSupported() ? 2 : isDirectoryAssignmentSupported() ? 1 : 0);
    }

    public short partitionChangeRecordVersion() {
        return partitionRecordVersion();
    }

    /** Highest Fetch version that replicas use between each other at this level. */
    public short fetchRequestVersion() {
        if (isAtLeast(V4_1_IV1)) {
            return 18;
        } else if (isAtLeast(V3_9_IV0)) {
            return 17;
        } else if (isAtLeast(V3_7_IV4)) {
            return 16;
        } else if (isAtLeast(V3_5_IV1)) {
            return 15;
        }
        return (short) (isAtLeast(V3_5_IV0) ? 14 : 13);
    }

    /** Highest ListOffsets version that replicas use between each other at this level. */
    public short listOffsetRequestVersion() {
        if (isAtLeast(V4_2_IV1)) {
            return 11;
        } else if (isAtLeast(V4_0_IV3)) {
            return 10;
        } else if (isAtLeast(V3_9_IV0)) {
            return 9;
        }
        return (short) (isAtLeast(V3_5_IV0) ? 8 : 7);
    }

    @Override
    public String toString() {
        return version;
    }
}
