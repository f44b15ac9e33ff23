package io.milena.metadata;

import io.milena.records.metadata.ClientQuotaRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.quota.ClientQuotaEntity;

/** Quotas set and removed since the base image. */
public final class ClientQuotasDelta {
    private final ClientQuotasImage base;
    private final Map<ClientQuotaEntity, Map<String, Optional<Double>>> changes = new LinkedHashMap<>();

    ClientQuotasDelta(ClientQuotasImage base) {
        this.base = base;
    }

    /** Entity to quota key to new value, empty if removed; unmodifiable. */
    public Map<ClientQuotaEntity, Map<String, Optional<Double>>> changes() {
        return Collections.unmodifiableMap(changes);
    }

    void replay(ClientQuotaRecord record) {
        Map<String, String> entries = new HashMap<>();
        record.entity().forEach(part -> entries.put(part.entityType(), part.entityName()));
        changes.computeIfAbsent(new ClientQuotaEntity(entries), key -> new LinkedHashMap<>())
                .put(record.key(), record.remove() ? Optional.empty() : Optional.of(record.value()));
    }

    void finishSnapshot() {
        base.entities().forEach((entity, quotas) -> {
            Map<String, Optional<Double>> ofEntity = changes.computeIfAbsent(entity, key -> new LinkedHashMap<>());
            quotas.keySet().forEach(key -> ofEntity.putIfAbsent(key, Optional.empty()));
        });
    }

    ClientQuotasImage apply() {
        Map<ClientQuotaEntity, Map<String, Double>> next = new LinkedHashMap<>(base.entities());
        changes.forEach((entity, quotas) -> {
            Map<String, Double> values = Deltas.applied(next.getOrDefault(entity, Map.of()), quotas);
            if (values.isEmpty()) {
                next.remove(entity);
            } else {
                next.put(entity, values);
            }
        });
        return new ClientQuotasImage(Collections.unmodifiableMap(next));
    }
}
