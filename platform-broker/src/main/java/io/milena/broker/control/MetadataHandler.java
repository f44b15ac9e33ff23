package io.milena.broker.control;

import io.milena.metadata.BrokerRegistration;
import io.milena.metadata.Endpoint;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopicCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/**
 * Metadata (3): brokers, topics and leaders as the newest image has them. With {@code auto.create.topics.enable}, topics that are missing
 * are created first and the answer waits for them, which spares the client a round of its retry back-off.
 */
public final class MetadataHandler implements ApiHandler<MetadataRequestData> {
    private static final short FIRST_WITH_NULL_FOR_ALL = 1;
    private static final short LAST_WITH_CLUSTER_OPERATIONS = 10;
    private static final short FIRST_BY_ID = 12;

    private final Supplier<MetadataImage> image;
    private final TopicCreation creation;
    private final boolean autoCreate;
    private final String clusterId;
    private final int nodeId;

    /** @param autoCreate {@code auto.create.topics.enable} */
    public MetadataHandler(
            Supplier<MetadataImage> image, TopicCreation creation, boolean autoCreate, String clusterId, int nodeId) {
        this.image = image;
        this.creation = creation;
        this.autoCreate = autoCreate;
        this.clusterId = clusterId;
        this.nodeId = nodeId;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.METADATA;
    }

    @Override
    public void handle(Exchange<MetadataRequestData> exchange) {
        checkTopics(exchange);
        Set<String> missing = toCreate(exchange);
        if (missing.isEmpty()) {
            exchange.respond(answer(exchange, Map.of()));
        } else {
            creation.ensure(missing)
                    .handle((refused, error) -> answer(exchange, refused == null ? Map.of() : refused))
                    .whenComplete((answer, failure) -> {
                        if (failure == null) {
                            exchange.respond(answer);
                        } else {
                            exchange.fail(failure);
                        }
                    });
        }
    }

    /** Versions 10 and 11 have topic ids and names that may be null in their form, but not in their meaning (KAFKA-12701). */
    private static void checkTopics(Exchange<MetadataRequestData> exchange) {
        if (exchange.version() >= FIRST_BY_ID || wantsAll(exchange)) {
            return;
        }
        for (MetadataRequestTopic topic : exchange.request().topics()) {
            if (topic.name() == null) {
                throw new InvalidRequestException("Topic name can not be null for version " + exchange.version());
            }
            if (!topic.topicId().equals(Uuid.ZERO_UUID)) {
                throw new InvalidRequestException(
                        "Topic IDs are not supported in requests for version " + exchange.version());
            }
        }
    }

    private Set<String> toCreate(Exchange<MetadataRequestData> exchange) {
        MetadataRequestData request = exchange.request();
        if (!autoCreate || !request.allowAutoTopicCreation() || wantsAll(exchange)) {
            return Set.of();
        }
        MetadataImage now = image.get();
        Set<String> missing = new LinkedHashSet<>(0);
        for (MetadataRequestTopic topic : request.topics()) {
            String name = topic.name();
            if (name != null
                    && topic.topicId().equals(Uuid.ZERO_UUID)
                    && now.topics().topicOrNull(name) == null
                    && isValid(name)) {
                missing.add(name);
            }
        }
        return missing;
    }

    private static boolean wantsAll(Exchange<MetadataRequestData> exchange) {
        List<MetadataRequestTopic> topics = exchange.request().topics();
        return topics == null || (topics.isEmpty() && exchange.version() < FIRST_WITH_NULL_FOR_ALL);
    }

    private MetadataResponseData answer(Exchange<MetadataRequestData> exchange, Map<String, ApiError> refused) {
        MetadataRequestData request = exchange.request();
        ClusterView view = new ClusterView(image.get(), exchange.listener());
        MetadataResponseData response =
                new MetadataResponseData().setClusterId(clusterId).setControllerId(controllerId(view));
        addBrokers(response, view);
        if (exchange.version() <= LAST_WITH_CLUSTER_OPERATIONS) {
            response.setClusterAuthorizedOperations(
                    AuthorizedOperations.onCluster(request.includeClusterAuthorizedOperations()));
        }
        boolean operations = request.includeTopicAuthorizedOperations();
        if (wantsAll(exchange)) {
            response.setTopics(new MetadataResponseTopicCollection(
                    view.image().topics().topics().size() + 1));
            view.image().topics().topics().forEach(topic -> response.topics().add(known(topic, view, operations)));
        } else {
            // As in Kafka, a topic that is named twice is told once.
            Set<MetadataRequestTopic> wanted = new LinkedHashSet<>(request.topics());
            // With its size known the collection never grows, which takes cubic time where hashes collide.
            response.setTopics(new MetadataResponseTopicCollection(wanted.size() + 1));
            for (MetadataRequestTopic topic : wanted) {
                response.topics().add(asked(topic, view, operations, refused));
            }
        }
        return response;
    }

    /** In KRaft any broker takes what is meant for the controller and forwards it; this one is as good as any. */
    private int controllerId(ClusterView view) {
        return view.isAlive(nodeId)
                ? nodeId
                : view.image().cluster().brokers().keySet().stream()
                        .filter(view::isAlive)
                        .findFirst()
                        .orElse(-1);
    }

    private static void addBrokers(MetadataResponseData response, ClusterView view) {
        for (BrokerRegistration broker : view.image().cluster().brokers().values()) {
            Endpoint endpoint = view.endpoint(broker.id());
            if (endpoint != null) {
                response.brokers()
                        .add(new MetadataResponseBroker()
                                .setNodeId(broker.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(broker.rack()));
            }
        }
    }

    private static MetadataResponseTopic asked(
            MetadataRequestTopic asked, ClusterView view, boolean operations, Map<String, ApiError> refused) {
        String name = asked.name();
        boolean byId = !asked.topicId().equals(Uuid.ZERO_UUID);
        TopicImage topic = byId
                ? view.image().topics().topicOrNull(asked.topicId())
                : view.image().topics().topicOrNull(String.valueOf(name));
        if (topic != null) {
            return known(topic, view, operations);
        }
        if (byId) {
            return new MetadataResponseTopic()
                    .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())
                    .setTopicId(asked.topicId())
                    .setName(null);
        }
        return new MetadataResponseTopic()
                .setErrorCode(missingError(String.valueOf(name), refused).code())
                .setName(name)
                .setIsInternal(Topic.isInternal(name))
                .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(operations));
    }

    private static Errors missingError(String name, Map<String, ApiError> refused) {
        if (!isValid(name)) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        ApiError error = refused.get(name);
        if (error == null) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return switch (error.error()) {
            case NONE, TOPIC_ALREADY_EXISTS, REQUEST_TIMED_OUT -> Errors.LEADER_NOT_AVAILABLE;
            default -> error.error();
        };
    }

    private static boolean isValid(String name) {
        try {
            Topic.validate(name);
            return true;
        } catch (InvalidTopicException invalid) {
            return false;
        }
    }

    private static MetadataResponseTopic known(TopicImage topic, ClusterView view, boolean operations) {
        List<MetadataResponsePartition> partitions = new ArrayList<>(topic.partitionCount());
        topic.forEachPartition((partition, index) -> partitions.add(partition(index, partition, view)));
        return new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(Topic.isInternal(topic.name()))
                .setPartitions(partitions)
                .setTopicAuthorizedOperations(AuthorizedOperations.onTopic(operations));
    }

    private static MetadataResponsePartition partition(int index, PartitionRegistration partition, ClusterView view) {
        Errors error = view.leaderError(partition);
        return new MetadataResponsePartition()
                .setErrorCode(error.code())
                .setPartitionIndex(index)
                .setLeaderId(error == Errors.NONE ? partition.leader() : -1)
                .setLeaderEpoch(partition.leaderEpoch())
                .setReplicaNodes(ClusterView.ids(partition.replicas()))
                .setIsrNodes(ClusterView.ids(partition.isr()))
                .setOfflineReplicas(view.offlineReplicas(partition));
    }
}
