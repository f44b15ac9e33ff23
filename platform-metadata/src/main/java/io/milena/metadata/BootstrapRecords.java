package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The records a freshly formatted cluster begins with (KIP-778, KIP-1022). */
public final class BootstrapRecords {
    private BootstrapRecords() {}

    /**
     * metadata.version first, then every feature but kraft.version (which is a control record of the log) that is above
     * level 0, in the order of names.
     *
     * @param features levels the operator chose; a feature not named here gets its default at {@code version}
     * @throws IllegalArgumentException if a feature is unknown, its level unsupported, or needs a newer metadata.version
     */
    public static List<VersionedRecord> of(MetadataVersion version, Map<String, Short> features) {
        List<VersionedRecord> records = new ArrayList<>();
        records.add(featureLevel(MetadataVersion.FEATURE_NAME, version.level()));
        new TreeMap<>(levels(version, features)).forEach((name, level) -> {
            if (level > 0 && !name.equals(Features.KRAFT_VERSION.featureName())) {
                records.add(featureLevel(name, level));
            }
        });
        return List.copyOf(records);
    }

    /** Every feature but metadata.version with the chosen or default level, checked; kraft.version included. */
    public static Map<String, Short> levels(MetadataVersion version, Map<String, Short> features) {
        for (String name : features.keySet()) {
            if (Features.find(name).isEmpty()) {
                throw new IllegalArgumentException("Unknown feature '" + name + "', known are "
                        + Features.supported().keySet());
            }
        }
        Map<String, Short> levels = new LinkedHashMap<>();
        for (Features feature : Features.values()) {
            if (feature != Features.METADATA_VERSION) {
                short level = features.getOrDefault(feature.featureName(), feature.defaultLevel(version));
                check(feature, level, version);
                levels.put(feature.featureName(), level);
            }
        }
        return levels;
    }

    private static void check(Features feature, short level, MetadataVersion version) {
        if (!feature.supportedRange().contains(level)) {
            throw new IllegalArgumentException("Feature " + feature.featureName() + " has no level " + level
                    + "; supported are " + feature.supportedRange());
        }
        MetadataVersion required = feature.requiredMetadataVersion(level);
        if (!version.isAtLeast(required)) {
            throw new IllegalArgumentException("Feature " + feature.featureName() + " at level " + level
                    + " needs metadata.version " + required + " or newer, but it is " + version);
        }
    }

    static VersionedRecord featureLevel(String name, short level) {
        return new VersionedRecord(new FeatureLevelRecord().setName(name).setFeatureLevel(level), 0);
    }
}
