package io.milena.raft.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One member of the voter set.
 *
 * @param key who; without directory id in a static quorum
 * @param endpoints its controller listeners by name, in order of preference
 * @param minKraftVersion lowest {@code kraft.version} it supports
 * @param maxKraftVersion highest {@code kraft.version} it supports
 */
public record Voter(ReplicaKey key, Map<String, HostPort> endpoints, short minKraftVersion, short maxKraftVersion) {
    public static final short HIGHEST_KRAFT_VERSION = 1;

    private static final int MOST_ENDPOINTS = 64;
    private static final int LONGEST_NAME = 255;

    public Voter {
        endpoints = new LinkedHashMap<>(endpoints);
    }

    /** A voter of this release. */
    public Voter(ReplicaKey key, Map<String, HostPort> endpoints) {
        this(key, endpoints, (short) 0, HIGHEST_KRAFT_VERSION);
    }

    /** Whether it can stand in a record of the log: dialled by its addresses, read by every replica, and of a size that fits. */
    boolean isSane() {
        return endpoints.size() <= MOST_ENDPOINTS
                && minKraftVersion >= 0
                && minKraftVersion <= maxKraftVersion
                && endpoints.entrySet().stream().allMatch(each -> isSane(each.getKey(), each.getValue()));
    }

    private static boolean isSane(String name, HostPort address) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && !address.host().isEmpty()
                && address.host().length() <= LONGEST_NAME
                && address.port() > 0
                && address.port() <= 65_535;
    }

    /** Where to dial it: the named listener, else its first. */
    public Optional<HostPort> address(String listener) {
        HostPort named = endpoints.get(listener);
        return named != null ? Optional.of(named) : endpoints.values().stream().findFirst();
    }
}
