package io.milena.testkit.raft;

import io.milena.wire.FeatureSource;
import io.milena.wire.VersionRange;
import java.util.Map;

/** What ApiVersions tells the leader that is to add this node as a voter. */
enum KraftFeature implements FeatureSource {
    SUPPORTED;

    @Override
    public Map<String, VersionRange> supported() {
        return Map.of("kraft.version", new VersionRange((short) 0, (short) 1));
    }

    @Override
    public Map<String, Short> finalized() {
        return Map.of();
    }

    @Override
    public long finalizedEpoch() {
        return -1;
    }
}
