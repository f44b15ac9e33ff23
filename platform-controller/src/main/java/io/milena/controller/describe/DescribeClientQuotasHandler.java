package io.milena.controller.describe;

import io.milena.metadata.MetadataImage;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntryData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.ValueData;
import org.apache.kafka.common.protocol.ApiKeys;

/** DescribeClientQuotas (48, KIP-546): the quotas of entities that a filter matches. */
final class DescribeClientQuotasHandler implements ApiHandler<DescribeClientQuotasRequestData> {
    private static final Set<String> TYPES = Set.of("user", "client-id", "ip");
    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;

    private final Supplier<MetadataImage> images;

    DescribeClientQuotasHandler(Supplier<MetadataImage> images) {
        this.images = images;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_CLIENT_QUOTAS;
    }

    @Override
    public void handle(Exchange<DescribeClientQuotasRequestData> exchange) {
        DescribeClientQuotasRequestData request = exchange.request();
        check(request.components());
        List<EntryData> entries = new ArrayList<>();
        images.get().clientQuotas().entities().forEach((entity, quotas) -> {
            if (matches(request, entity.entries())) {
                entries.add(entry(entity.entries(), quotas));
            }
        });
        exchange.respond(new DescribeClientQuotasResponseData().setEntries(entries));
    }

    private static void check(List<ComponentData> components) {
        Set<String> seen = new HashSet<>();
        for (ComponentData component : components) {
            if (component.entityType().isEmpty()) {
                throw new InvalidRequestException("Invalid empty entity type.");
            }
            if (!TYPES.contains(component.entityType())) {
                throw new UnsupportedVersionException("Unsupported entity type: " + component.entityType());
            }
            if (!seen.add(component.entityType())) {
                throw new InvalidRequestException(
                        "Entity type " + component.entityType() + " cannot appear more than once in the filter.");
            }
            boolean named = component.match() != null;
            if (component.matchType() < EXACT || component.matchType() > ANY) {
                throw new InvalidRequestException("Unknown match type " + component.matchType());
            }
            if (named != (component.matchType() == EXACT)) {
                throw new InvalidRequestException("Request specified MATCH_TYPE " + component.matchType()
                        + (named ? ", but also specified a match string." : ", but set match string to null."));
            }
        }
        if (seen.contains("ip") && seen.size() > 1) {
            throw new InvalidRequestException(
                    "Invalid entity filter component combination, IP filter component should not be used with user or"
                            + " clientId filter component.");
        }
    }

    private static boolean matches(DescribeClientQuotasRequestData request, Map<String, String> entity) {
        for (ComponentData component : request.components()) {
            if (!entity.containsKey(component.entityType())) {
                return false;
            }
            String name = entity.get(component.entityType());
            boolean matched = component.matchType() == ANY
                    || component.matchType() == DEFAULT && name == null
                    || component.matchType() == EXACT && Objects.equals(name, component.match());
            if (!matched) {
                return false;
            }
        }
        return !request.strict() || entity.size() == request.components().size();
    }

    private static EntryData entry(Map<String, String> entity, Map<String, Double> quotas) {
        EntryData entry = new EntryData();
        entity.forEach((type, name) ->
                entry.entity().add(new EntityData().setEntityType(type).setEntityName(name)));
        quotas.forEach(
                (key, value) -> entry.values().add(new ValueData().setKey(key).setValue(value)));
        return entry;
    }
}
