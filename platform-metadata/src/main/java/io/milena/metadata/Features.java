package io.milena.metadata;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The features that a cluster finalizes levels of (KIP-584, KIP-1022), with the levels we support and what a fresh
 * cluster starts with.
 */
public enum Features {
    METADATA_VERSION(MetadataVersion.FEATURE_NAME, 7, 30),
    KRAFT_VERSION("kraft.version", 0, 1),
    TRANSACTION_VERSION("transaction.version", 0, 2),
    GROUP_VERSION("group.version", 0, 1),
    ELIGIBLE_LEADER_REPLICAS_VERSION("eligible.leader.replicas.version", 0, 1),
    SHARE_VERSION("share.version", 0, 1),
    STREAMS_VERSION("streams.version", 0, 1);

    private static final Features[] ALL = values();
    private static final Map<String, VersionRange> SUPPORTED = supportedRanges(false);
    private static final Map<String, VersionRange> SUPPORTED_UNSTABLE = supportedRanges(true);

    private final String featureName;
    private final VersionRange range;

    Features(String featureName, int min, int max) {
        this.featureName = featureName;
        this.range = VersionRange.of(min, max);
    }

    public String featureName() {
        return featureName;
    }

    /** Levels this software can run with. */
    public VersionRange supportedRange() {
        return range;
    }

    public static Optional<Features> find(String featureName) {
        for (Features feature : ALL) {
            if (feature.featureName.equals(featureName)) {
                return Optional.of(feature);
            }
        }
        return Optional.empty();
    }

    /** Feature name to supported levels, in the order of this enum, unmodifiable: what registrations advertise. */
    public static Map<String, VersionRange> supported() {
        return SUPPORTED;
    }

    /**
     * As {@link #supported()}, with the levels that are not released yet.
     *
     * @param unstable unstable.feature.versions.enable
     */
    public static Map<String, VersionRange> supported(boolean unstable) {
        return unstable ? SUPPORTED_UNSTABLE : SUPPORTED;
    }

    /** The level a fresh cluster at {@code version} starts with. */
    public short defaultLevel(MetadataVersion version) {
        MetadataVersion since = switch (this) {
            case METADATA_VERSION -> MetadataVersion.MINIMUM;
            case KRAFT_VERSION -> MetadataVersion.V3_9_IV0;
            case TRANSACTION_VERSION -> MetadataVersion.V4_0_IV2;
            case GROUP_VERSION -> MetadataVersion.V4_0_IV0;
            case ELIGIBLE_LEADER_REPLICAS_VERSION -> MetadataVersion.V4_1_IV0;
            case SHARE_VERSION -> MetadataVersion.V4_2_IV0;
            case STREAMS_VERSION -> MetadataVersion.V4_2_IV1;
        };
        if (this == METADATA_VERSION) {
            return version.level();
        }
        return version.isAtLeast(since) ? range.max() : 0;
    }

    /**
     * The lowest metadata.version at which {@code level} of this feature may be finalized. Only
     * {@code eligible.leader.replicas.version} has such a dependency in 4.3.
     */
    public MetadataVersion requiredMetadataVersion(int level) {
        return this == ELIGIBLE_LEADER_REPLICAS_VERSION && level > 0
                ? MetadataVersion.V4_0_IV1
                : MetadataVersion.MINIMUM;
    }

    private static Map<String, VersionRange> supportedRanges(boolean unstable) {
        Map<String, VersionRange> ranges = new LinkedHashMap<>();
        for (Features feature : ALL) {
            boolean newest = unstable && feature == METADATA_VERSION;
            ranges.put(
                    feature.featureName,
                    newest
                            ? VersionRange.of(feature.range.min(), MetadataVersion.LATEST_UNSTABLE.level())
                            : feature.range);
        }
        return java.util.Collections.unmodifiableMap(ranges);
    }
}
