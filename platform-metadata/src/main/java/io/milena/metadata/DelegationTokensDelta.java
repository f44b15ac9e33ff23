package io.milena.metadata;

import io.milena.records.metadata.DelegationTokenRecord;
import io.milena.records.metadata.RemoveDelegationTokenRecord;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Delegation tokens written and removed since the base image. */
public final class DelegationTokensDelta {
    private final DelegationTokensImage base;
    private final Map<String, Optional<DelegationToken>> changes = new LinkedHashMap<>();

    DelegationTokensDelta(DelegationTokensImage base) {
        this.base = base;
    }

    /** Token id to token, empty if removed; unmodifiable. */
    public Map<String, Optional<DelegationToken>> changes() {
        return Collections.unmodifiableMap(changes);
    }

    void replay(DelegationTokenRecord record) {
        changes.put(record.tokenId(), Optional.of(DelegationToken.of(record)));
    }

    void replay(RemoveDelegationTokenRecord record) {
        changes.put(record.tokenId(), Optional.empty());
    }

    void finishSnapshot() {
        base.tokens().keySet().forEach(id -> changes.putIfAbsent(id, Optional.empty()));
    }

    DelegationTokensImage apply() {
        return new DelegationTokensImage(Deltas.applied(base.tokens(), changes));
    }
}
