package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.UserScramCredentialRecord;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.ScramMechanism;

/**
 * SCRAM credentials (KIP-900).
 *
 * @param mechanisms mechanism to user to credential, unmodifiable
 */
public record ScramImage(Map<ScramMechanism, Map<String, ScramCredentialData>> mechanisms) {
    public static final ScramImage EMPTY = new ScramImage(Map.of());

    public boolean isEmpty() {
        return mechanisms.isEmpty();
    }

    public Optional<ScramCredentialData> credential(ScramMechanism mechanism, String user) {
        return Optional.ofNullable(mechanisms.getOrDefault(mechanism, Map.of()).get(user));
    }

    void write(Consumer<VersionedRecord> out, MetadataVersion version) {
        if (!version.isScramSupported()) {
            return;
        }
        mechanisms.forEach((mechanism, users) -> users.forEach((user, credential) -> out.accept(new VersionedRecord(
                new UserScramCredentialRecord()
                        .setName(user)
                        .setMechanism(mechanism.type())
                        .setSalt(credential.salt())
                        .setStoredKey(credential.storedKey())
                        .setServerKey(credential.serverKey())
                        .setIterations(credential.iterations()),
                0))));
    }
}
