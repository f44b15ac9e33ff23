package io.milena.wire;

import java.util.Map;

/** The features that ApiVersions tells about (KIP-584). Read on an event loop for each answer: must be cheap. */
public interface FeatureSource {

    /** Of a node without features. */
    FeatureSource NONE = new FeatureSource() {
        @Override
        public Map<String, VersionRange> supported() {
            return Map.of();
        }

        @Override
        public Map<String, Short> finalized() {
            return Map.of();
        }

        @Override
        public long finalizedEpoch() {
            return -1;
        }
    };

    /** What this software supports, by feature name. */
    Map<String, VersionRange> supported();

    /** The levels that the cluster has finalized, by feature name; without those at level 0. */
    Map<String, Short> finalized();

    /** The metadata offset that {@link #finalized()} is from, -1 if unknown. */
    long finalizedEpoch();
}
