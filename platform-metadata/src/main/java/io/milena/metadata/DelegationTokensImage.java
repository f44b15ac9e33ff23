package io.milena.metadata;

import io.milena.records.VersionedRecord;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Delegation tokens.
 *
 * @param tokens token id to token, unmodifiable
 */
public record DelegationTokensImage(Map<String, DelegationToken> tokens) {
    public static final DelegationTokensImage EMPTY = new DelegationTokensImage(Map.of());

    public boolean isEmpty() {
        return tokens.isEmpty();
    }

    void write(Consumer<VersionedRecord> out, MetadataVersion version) {
        if (version.isDelegationTokenSupported()) {
            tokens.values().forEach(token -> out.accept(token.toRecord()));
        }
    }
}
