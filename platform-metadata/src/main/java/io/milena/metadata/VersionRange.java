package io.milena.metadata;

/**
 * Levels of a feature that a node says it supports, both ends inclusive. Nodes say what they like: a range whose ends are the wrong way
 * round holds no level. Whoever decides about a registration asks {@link #isValid}; replay takes each as it is, like Apache Kafka, whose
 * logs may hold one.
 */
public record VersionRange(short min, short max) {
    public static VersionRange of(int min, int max) {
        return new VersionRange((short) min, (short) max);
    }

    public boolean isValid() {
        return min >= 0 && min <= max;
    }

    public boolean contains(int level) {
        return level >= min && level <= max;
    }

    @Override
    public String toString() {
        return min == max ? Integer.toString(min) : min + "-" + max;
    }
}
