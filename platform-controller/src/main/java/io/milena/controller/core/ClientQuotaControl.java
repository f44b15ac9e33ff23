package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ClientQuotaRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Client quotas by user, client id and address (KIP-546): kept and told, not enforced yet. */
public final class ClientQuotaControl {
    private static final Map<String, Range> BY_CLIENT = Map.of(
            "producer_byte_rate", new Range(Long.MAX_VALUE, true, "LONG"),
            "consumer_byte_rate", new Range(Long.MAX_VALUE, true, "LONG"),
            "request_percentage", new Range(Double.MAX_VALUE, false, "DOUBLE"),
            "controller_mutation_rate", new Range(Double.MAX_VALUE, false, "DOUBLE"));
    private static final Map<String, Range> BY_ADDRESS =
            Map.of("connection_creation_rate", new Range(Integer.MAX_VALUE, true, "INT"));

    private final Map<Map<String, String>, Map<String, Double>> quotas = new HashMap<>();

    public Decision<AlterClientQuotasResponseData> alter(AlterClientQuotasRequestData request) {
        List<VersionedRecord> records = new ArrayList<>();
        List<AlterClientQuotasResponseData.EntryData> answers = new ArrayList<>();
        List<EntryData> entries = request.entries().stream()
                .map(ClientQuotaControl::withLastOfEachType)
                .toList();
        Set<Set<EntityData>> duplicates = Duplicates.among(entries.stream().map(entry -> Set.copyOf(entry.entity())));
        Set<Set<EntityData>> answered = new HashSet<>();
        for (EntryData entry : entries) {
            Set<EntityData> named = Set.copyOf(entry.entity());
            if (!answered.add(named)) {
                continue;
            }
            List<VersionedRecord> changes = new ArrayList<>();
            ApiError error = alter(entry, duplicates.contains(named), changes);
            if (error.isSuccess()) {
                records.addAll(changes);
            }
            List<AlterClientQuotasResponseData.EntityData> entity = new ArrayList<>();
            entry.entity()
                    .forEach(each -> entity.add(new AlterClientQuotasResponseData.EntityData()
                            .setEntityType(each.entityType())
                            .setEntityName(each.entityName())));
            answers.add(new AlterClientQuotasResponseData.EntryData()
                    .setEntity(entity)
                    .setErrorCode(error.error().code())
                    .setErrorMessage(error.message()));
        }
        AlterClientQuotasResponseData response = new AlterClientQuotasResponseData().setEntries(answers);
        return request.validateOnly() ? Decision.unchanged(response) : Decision.atomic(records, response);
    }

    /** An entity that names a type twice means the last one, as with Apache Kafka. */
    private static EntryData withLastOfEachType(EntryData entry) {
        Map<String, EntityData> lastOfType = new LinkedHashMap<>();
        entry.entity().forEach(each -> lastOfType.put(each.entityType(), each));
        return lastOfType.size() == entry.entity().size()
                ? entry
                : new EntryData().setEntity(List.copyOf(lastOfType.values())).setOps(entry.ops());
    }

    private ApiError alter(EntryData entry, boolean duplicate, List<VersionedRecord> records) {
        try {
            Map<String, String> entity = entity(entry.entity());
            if (duplicate) {
                throw new InvalidRequestException("Ignoring duplicate entity " + entity);
            }
            Map<String, Range> keys = keysOf(entity);
            Set<String> names = new HashSet<>();
            Map<String, Double> current = quotas.getOrDefault(entity, Map.of());
            for (OpData op : entry.ops()) {
                if (!names.add(op.key())) {
                    throw new InvalidRequestException(
                            "Duplicate quota key " + op.key() + " not updating quota for this entity " + entity);
                }
                ClientQuotaRecord record = op(entry, op, keys, current);
                if (record != null) {
                    records.add(new VersionedRecord(record, 0));
                }
            }
            return ApiError.NONE;
        } catch (InvalidRequestException invalid) {
            return Refusal.of(Errors.INVALID_REQUEST, invalid.getMessage());
        }
    }

    private static @Nullable ClientQuotaRecord op(
            EntryData entry, OpData op, Map<String, Range> keys, Map<String, Double> current) {
        Double before = current.get(op.key());
        if (op.remove() && before == null) {
            return null;
        }
        if (!op.remove()) {
            check(op, keys);
        }
        if (!op.remove() && before != null && before == op.value()) {
            return null;
        }
        List<ClientQuotaRecord.EntityData> entity = new ArrayList<>();
        entry.entity()
                .forEach(each -> entity.add(new ClientQuotaRecord.EntityData()
                        .setEntityType(each.entityType())
                        .setEntityName(each.entityName())));
        return new ClientQuotaRecord()
                .setEntity(entity)
                .setKey(op.key())
                .setRemove(op.remove())
                .setValue(op.remove() ? 0 : op.value());
    }

    private static void check(OpData op, Map<String, Range> keys) {
        Range range = keys.get(op.key());
        if (range == null) {
            throw new InvalidRequestException("Invalid configuration key " + op.key());
        }
        if (op.value() <= 0) {
            throw new InvalidRequestException("Quota " + op.key() + " must be greater than 0");
        }
        if (op.value() > range.max()) {
            throw new InvalidRequestException(
                    "Proposed value for " + op.key() + " is too large for a " + range.type() + ".");
        }
        if (range.whole() && Math.abs(op.value() - Math.rint(op.value())) > 1e-6) {
            throw new InvalidRequestException(op.key() + " cannot be a fractional value.");
        }
    }

    private static Map<String, String> entity(List<EntityData> list) {
        Map<String, String> entity = new TreeMap<>();
        for (EntityData each : list) {
            if (each.entityName() != null && each.entityName().isEmpty()) {
                throw new InvalidRequestException("Empty " + each.entityType() + " not supported");
            }
            entity.put(each.entityType(), each.entityName() == null ? "" : each.entityName());
        }
        return entity;
    }

    private static Map<String, Range> keysOf(Map<String, String> entity) {
        if (entity.isEmpty()) {
            throw new InvalidRequestException("Invalid empty client quota entity");
        }
        for (String type : entity.keySet()) {
            if (!type.equals("user") && !type.equals("client-id") && !type.equals("ip")) {
                throw new InvalidRequestException("Unhandled client quota entity type: " + type);
            }
        }
        if (entity.containsKey("ip") && entity.size() > 1) {
            throw new InvalidRequestException(
                    "Invalid quota entity combination, IP entity should not be used with" + " user/client ID entity.");
        }
        checkAddress(entity.getOrDefault("ip", ""));
        return entity.containsKey("ip") ? BY_ADDRESS : BY_CLIENT;
    }

    /** Apache Kafka looks the name up. Here the controller waits for no name server: what can be a name or an address is taken. */
    private static void checkAddress(String address) {
        if (!address.isEmpty() && !Utils.validHostPattern(address)) {
            throw new InvalidRequestException(address + " is not a valid IP or resolvable host.");
        }
    }

    void replay(ClientQuotaRecord record) {
        Map<String, String> entity = new TreeMap<>();
        record.entity()
                .forEach(each -> entity.put(each.entityType(), each.entityName() == null ? "" : each.entityName()));
        Map<String, Double> values = quotas.computeIfAbsent(entity, each -> new HashMap<>());
        if (record.remove()) {
            values.remove(record.key());
        } else {
            values.put(record.key(), record.value());
        }
        if (values.isEmpty()) {
            quotas.remove(entity);
        }
    }

    private record Range(double max, boolean whole, String type) {}
}
