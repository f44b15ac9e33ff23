package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ClientQuotaRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.quota.ClientQuotaEntity;

/**
 * Client quotas (KIP-546).
 *
 * @param entities entity (type to name, a null name is the default of the type) to quota key to value; unmodifiable
 */
public record ClientQuotasImage(Map<ClientQuotaEntity, Map<String, Double>> entities) {
    public static final ClientQuotasImage EMPTY = new ClientQuotasImage(Map.of());

    public boolean isEmpty() {
        return entities.isEmpty();
    }

    void write(Consumer<VersionedRecord> out) {
        entities.forEach((entity, quotas) -> quotas.forEach((key, value) -> out.accept(new VersionedRecord(
                new ClientQuotaRecord()
                        .setEntity(entityData(entity))
                        .setKey(key)
                        .setValue(value)
                        .setRemove(false),
                0))));
    }

    private static List<ClientQuotaRecord.EntityData> entityData(ClientQuotaEntity entity) {
        List<ClientQuotaRecord.EntityData> data = new ArrayList<>();
        new TreeMap<>(entity.entries())
                .forEach((type, name) -> data.add(
                        new ClientQuotaRecord.EntityData().setEntityType(type).setEntityName(name)));
        return data;
    }
}
