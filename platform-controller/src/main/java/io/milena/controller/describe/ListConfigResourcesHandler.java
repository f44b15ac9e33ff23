package io.milena.controller.describe;

import io.milena.metadata.MetadataImage;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** ListConfigResources (74; KIP-714, KIP-1142): what there is to configure. Version 0 lists client-metrics subscriptions only. */
final class ListConfigResourcesHandler implements ApiHandler<ListConfigResourcesRequestData> {
    private static final List<Type> ALL =
            List.of(Type.TOPIC, Type.BROKER, Type.BROKER_LOGGER, Type.CLIENT_METRICS, Type.GROUP);

    private final Supplier<MetadataImage> images;

    ListConfigResourcesHandler(Supplier<MetadataImage> images) {
        this.images = images;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_CONFIG_RESOURCES;
    }

    @Override
    public void handle(Exchange<ListConfigResourcesRequestData> exchange) {
        MetadataImage image = images.get();
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        for (Type type : wanted(exchange)) {
            for (String name : names(type, image)) {
                response.configResources()
                        .add(new ListConfigResourcesResponseData.ConfigResource()
                                .setResourceName(name)
                                .setResourceType(type.id()));
            }
        }
        exchange.respond(response);
    }

    private static Set<Type> wanted(Exchange<ListConfigResourcesRequestData> exchange) {
        if (exchange.version() == 0) {
            return Set.of(Type.CLIENT_METRICS);
        }
        List<Byte> asked = exchange.request().resourceTypes();
        if (asked.isEmpty()) {
            return new HashSet<>(ALL);
        }
        Set<Type> types = new HashSet<>();
        for (byte id : asked) {
            Type type = Type.forId(id);
            if (!ALL.contains(type)) {
                throw new UnsupportedVersionException("Unsupported configuration resource type " + id);
            }
            types.add(type);
        }
        return types;
    }

    private static Set<String> names(Type type, MetadataImage image) {
        Set<String> names = new HashSet<>();
        if (type == Type.TOPIC) {
            names.addAll(image.topics().byName().keySet());
        } else if (type == Type.BROKER || type == Type.BROKER_LOGGER) {
            image.cluster().brokers().keySet().forEach(id -> names.add(id.toString()));
        } else {
            for (ConfigResource resource : image.configs().resources().keySet()) {
                if (resource.type() == type) {
                    names.add(resource.name());
                }
            }
        }
        return names;
    }
}
