package io.milena.broker.node;

import io.milena.metadata.Features;
import io.milena.metadata.MetadataImage;
import io.milena.wire.FeatureSource;
import io.milena.wire.VersionRange;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The features that ApiVersions tells of: what this software supports, and what the newest image has finalized. */
final class ImageFeatures implements FeatureSource {
    private final Supplier<MetadataImage> image;
    private final Supplier<Short> kraftVersion;
    private final Map<String, VersionRange> supported = new HashMap<>();

    /**
     * @param kraftVersion Raft's own feature, which no image has
     * @param unstable unstable.feature.versions.enable
     */
    ImageFeatures(Supplier<MetadataImage> image, Supplier<Short> kraftVersion, boolean unstable) {
        this.image = image;
        this.kraftVersion = kraftVersion;
        Features.supported(unstable)
                .forEach((name, range) -> supported.put(name, new VersionRange(range.min(), range.max())));
    }

    @Override
    public Map<String, VersionRange> supported() {
        return supported;
    }

    @Override
    public Map<String, Short> finalized() {
        Map<String, Short> levels = new HashMap<>(image.get().features().finalizedWithMetadataVersion());
        short kraft = kraftVersion.get();
        if (kraft > 0) {
            levels.put(Features.KRAFT_VERSION.featureName(), kraft);
        }
        return levels;
    }

    @Override
    public long finalizedEpoch() {
        return image.get().provenance().offset();
    }
}
