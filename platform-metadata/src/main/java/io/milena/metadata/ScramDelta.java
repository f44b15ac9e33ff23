package io.milena.metadata;

import io.milena.records.metadata.RemoveUserScramCredentialRecord;
import io.milena.records.metadata.UserScramCredentialRecord;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.ScramMechanism;

/** SCRAM credentials set and removed since the base image. */
public final class ScramDelta {
    private final ScramImage base;
    private final Map<ScramMechanism, Map<String, Optional<ScramCredentialData>>> changes =
            new EnumMap<>(ScramMechanism.class);

    ScramDelta(ScramImage base) {
        this.base = base;
    }

    /** Mechanism to user to new credential, empty if removed; unmodifiable. */
    public Map<ScramMechanism, Map<String, Optional<ScramCredentialData>>> changes() {
        return Collections.unmodifiableMap(changes);
    }

    void replay(UserScramCredentialRecord record) {
        changesOf(record.mechanism())
                .put(
                        record.name(),
                        Optional.of(new ScramCredentialData(
                                record.salt(), record.storedKey(), record.serverKey(), record.iterations())));
    }

    void replay(RemoveUserScramCredentialRecord record) {
        changesOf(record.mechanism()).put(record.name(), Optional.empty());
    }

    void finishSnapshot() {
        base.mechanisms().forEach((mechanism, users) -> {
            Map<String, Optional<ScramCredentialData>> ofMechanism = changesOf(mechanism.type());
            users.keySet().forEach(user -> ofMechanism.putIfAbsent(user, Optional.empty()));
        });
    }

    ScramImage apply() {
        Map<ScramMechanism, Map<String, ScramCredentialData>> next = new EnumMap<>(ScramMechanism.class);
        next.putAll(base.mechanisms());
        changes.forEach((mechanism, users) -> {
            Map<String, ScramCredentialData> after = Deltas.applied(next.getOrDefault(mechanism, Map.of()), users);
            if (after.isEmpty()) {
                next.remove(mechanism);
            } else {
                next.put(mechanism, after);
            }
        });
        return new ScramImage(Collections.unmodifiableMap(next));
    }

    private Map<String, Optional<ScramCredentialData>> changesOf(byte mechanism) {
        return changes.computeIfAbsent(ScramMechanism.fromType(mechanism), key -> new LinkedHashMap<>());
    }
}
