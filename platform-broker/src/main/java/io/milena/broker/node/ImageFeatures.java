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
    private final Map<String, VersionRange> supported = new HashMap<>();

    /** @param unstable unstable.feature.versions.enable */
    ImageFeatures(Supplier<MetadataImage> image, boolean unstable) {
        this.image = image;
        Features.supported(unstable)
                .forEach((name, range) -> supported.put(name, new VersionRange(range.min(), range.max())));
    }

    @Override
    public Map<String, VersionRange> supported() {
        return supported;
    }

    @Override
    public Map<String, Short> finalized() {
        return image.get().features().finalizedWithMetadataVersion();
    }

    @Override
    public long finalizedEpoch() {
        return image.get().provenance().offset();
    }
}
