package io.milena.wire;

/** The versions from {@code min} to {@code max}, both included. */
public record VersionRange(short min, short max) {

    public VersionRange {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException("Version range " + min + "-" + max + " is empty or negative.");
        }
    }

    public static VersionRange of(int min, int max) {
        return new VersionRange((short) min, (short) max);
    }

    public boolean contains(short version) {
        return version >= min && version <= max;
    }
}
