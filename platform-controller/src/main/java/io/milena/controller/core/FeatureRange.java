package io.milena.controller.core;

/** The levels of a feature that a node supports, both ends included. */
public record FeatureRange(short min, short max) {
    public static FeatureRange of(int min, int max) {
        return new FeatureRange((short) min, (short) max);
    }

    public boolean contains(int level) {
        return level >= min && level <= max;
    }
}
