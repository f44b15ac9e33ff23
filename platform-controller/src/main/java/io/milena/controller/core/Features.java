package io.milena.controller.core;

import io.milena.records.metadata.FeatureLevelRecord;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** The finalized feature levels (KIP-584); a feature at level 0 is absent. */
public final class Features {
    public static final String METADATA_VERSION = "metadata.version";
    public static final String KRAFT_VERSION = "kraft.version";
    public static final String ELR_VERSION = "eligible.leader.replicas.version";

    private final Map<String, Short> levels = new TreeMap<>();

    public short level(String feature) {
        return levels.getOrDefault(feature, (short) 0);
    }

    public Map<String, Short> levels() {
        return Collections.unmodifiableMap(levels);
    }

    public RecordVersions versions() {
        return new RecordVersions(level(METADATA_VERSION));
    }

    public boolean elrEnabled() {
        return level(ELR_VERSION) > 0;
    }

    /** Whether the log holds no feature level yet: nothing may be written before the bootstrap records. */
    public boolean unbootstrapped() {
        return level(METADATA_VERSION) == 0;
    }

    void replay(FeatureLevelRecord record) {
        if (record.featureLevel() == 0) {
            levels.remove(record.name());
        } else {
            levels.put(record.name(), record.featureLevel());
        }
    }
}
