package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.FeatureLevelRecord;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Finalized feature levels.
 *
 * @param knownMetadataVersion the finalized metadata.version, empty before the first record of a log
 * @param finalized feature name to level without metadata.version, unmodifiable; a feature at level 0 is absent
 */
public record FeaturesImage(Optional<MetadataVersion> knownMetadataVersion, Map<String, Short> finalized) {
    public static final FeaturesImage EMPTY = new FeaturesImage(Optional.empty(), Map.of());

    /** The finalized metadata.version, the minimum if none is finalized yet. */
    public MetadataVersion metadataVersion() {
        return knownMetadataVersion.orElse(MetadataVersion.MINIMUM);
    }

    /** The finalized level of a feature (metadata.version included), 0 if it is not finalized. */
    public short level(Features feature) {
        if (feature == Features.METADATA_VERSION) {
            return knownMetadataVersion.map(MetadataVersion::level).orElse((short) 0);
        }
        return finalized.getOrDefault(feature.featureName(), (short) 0);
    }

    /** All finalized levels with metadata.version, for ApiVersions; a new map. */
    public Map<String, Short> finalizedWithMetadataVersion() {
        Map<String, Short> all = new java.util.TreeMap<>(finalized);
        knownMetadataVersion.ifPresent(version -> all.put(MetadataVersion.FEATURE_NAME, version.level()));
        return all;
    }

    /** Whether eligible leader replicas are kept (KIP-966). */
    public boolean isElrEnabled() {
        return metadataVersion().isElrSupported() && level(Features.ELIGIBLE_LEADER_REPLICAS_VERSION) > 0;
    }

    void write(Consumer<VersionedRecord> out) {
        knownMetadataVersion.ifPresent(
                version -> out.accept(BootstrapRecords.featureLevel(MetadataVersion.FEATURE_NAME, version.level())));
        finalized.forEach((name, level) -> out.accept(
                new VersionedRecord(new FeatureLevelRecord().setName(name).setFeatureLevel(level), 0)));
    }
}
