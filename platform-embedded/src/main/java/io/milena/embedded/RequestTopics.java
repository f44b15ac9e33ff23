package io.milena.embedded;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** The topics that a request names, by name or by id. */
final class RequestTopics {
    private static final Map<ApiKeys, Function<ApiMessage, Stream<Topic>>> OF = Map.of(
            ApiKeys.PRODUCE,
            request -> ((ProduceRequestData) request)
                    .topicData().stream().map(topic -> new Topic(topic.name(), topic.topicId())),
            ApiKeys.FETCH,
            request -> ((FetchRequestData) request)
                    .topics().stream().map(topic -> new Topic(topic.topic(), topic.topicId())),
            ApiKeys.METADATA,
            request -> Stream.ofNullable(((MetadataRequestData) request).topics())
                    .flatMap(topics -> topics.stream().map(topic -> new Topic(topic.name(), topic.topicId()))),
            ApiKeys.LIST_OFFSETS,
            request -> ((ListOffsetsRequestData) request)
                    .topics().stream().map(topic -> new Topic(topic.name(), Uuid.ZERO_UUID)),
            ApiKeys.OFFSET_COMMIT,
            request -> ((OffsetCommitRequestData) request)
                    .topics().stream().map(topic -> new Topic(topic.name(), topic.topicId())),
            ApiKeys.CREATE_TOPICS,
            request -> ((CreateTopicsRequestData) request)
                    .topics().stream().map(topic -> new Topic(topic.name(), Uuid.ZERO_UUID)));

    private record Topic(String name, Uuid id) {}

    private RequestTopics() {}

    static boolean areKnown(ApiKeys api) {
        return OF.containsKey(api);
    }

    static Set<String> known() {
        Set<String> names = new TreeSet<>();
        OF.keySet().forEach(api -> names.add(api.name()));
        return names;
    }

    /** Whether the request names a topic, whose id is asked for only if the request knows no names. */
    static boolean name(ApiKeys api, ApiMessage request, String topic, Function<String, Uuid> idOf) {
        return Objects.requireNonNull(OF.get(api))
                .apply(request)
                .anyMatch(named -> topic.equals(named.name())
                        || (!named.id().equals(Uuid.ZERO_UUID) && named.id().equals(idOf.apply(topic))));
    }
}
