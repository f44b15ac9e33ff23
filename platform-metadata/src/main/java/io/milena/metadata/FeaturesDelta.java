package io.milena.metadata;

import io.milena.records.metadata.FeatureLevelRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Feature levels finalized since the base image. */
public final class FeaturesDelta {
    private final FeaturesImage base;
    private final Map<String, Optional<Short>> changes = new LinkedHashMap<>();
    private @Nullable MetadataVersion metadataVersion;

    FeaturesDelta(FeaturesImage base) {
        this.base = base;
    }

    /** The new metadata.version, if it was written. */
    public Optional<MetadataVersion> metadataVersionChange() {
        return Optional.ofNullable(metadataVersion);
    }

    /** Other features: name to level, empty if no longer finalized; unmodifiable. */
    public Map<String, Optional<Short>> changes() {
        return Collections.unmodifiableMap(changes);
    }

    void replay(FeatureLevelRecord record) {
        if (record.name().equals(MetadataVersion.FEATURE_NAME)) {
            metadataVersion = MetadataVersion.ofLevel(record.featureLevel());
        } else {
            changes.put(
                    record.name(), record.featureLevel() == 0 ? Optional.empty() : Optional.of(record.featureLevel()));
        }
    }

    void finishSnapshot() {
        base.finalized().keySet().forEach(name -> changes.putIfAbsent(name, Optional.empty()));
    }

    FeaturesImage apply() {
        return new FeaturesImage(
                metadataVersion == null ? base.knownMetadataVersion() : Optional.of(metadataVersion),
                Deltas.applied(base.finalized(), changes));
    }
}
