package io.milena.metadata;

/**
 * Supported levels of a feature, both ends inclusive.
 *
 * @throws IllegalArgumentException if {@code min} is negative or above {@code max}
 */
public record VersionRange(short min, short max) {
    public VersionRange {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException("Not a range of feature levels: " + min + " to " + max);
        }
    }

    public static VersionRange of(int min, int max) {
        return new VersionRange((short) min, (short) max);
    }

    public boolean contains(int level) {
        return level >= min && level <= max;
    }

    @Override
    public String toString() {
        return min == max ? Integer.toString(min) : min + "-" + max;
    }
}
