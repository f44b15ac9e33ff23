package io.milena.coordinator.group.core;

import java.util.Arrays;
import java.util.List;

/** An assignment strategy that a member of the classic protocol supports, with its metadata (for consumers: the subscription). */
public record Protocol(String name, byte[] metadata) {

    @Override
    public boolean equals(Object other) {
        return other instanceof Protocol that && name.equals(that.name) && Arrays.equals(metadata, that.metadata);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(metadata);
    }

    @Override
    public String toString() {
        return name + " (" + metadata.length + " bytes)";
    }

    /** Whether one of them has this name. */
    static boolean anyNamed(List<Protocol> protocols, String name) {
        return protocols.stream().anyMatch(p -> p.name.equals(name));
    }
}
