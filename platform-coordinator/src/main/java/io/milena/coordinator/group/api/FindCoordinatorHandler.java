package io.milena.coordinator.group.api;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.coordinator.runtime.InternalTopics;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.jspecify.annotations.Nullable;

/**
 * FindCoordinator 0-6: the leader of the key's partition in the internal topic of its kind, which is created when somebody
 * asks for the first time.
 */
final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequestData> {

    private static final int SEVERAL_KEYS_FROM = 4;
    private static final int SHARE_FROM = 6;

    private final CoordinatorView view;
    private final InternalTopics internalTopics;

    FindCoordinatorHandler(CoordinatorView view, InternalTopics internalTopics) {
        this.view = view;
        this.internalTopics = internalTopics;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.FIND_COORDINATOR;
    }

    @Override
    public void handle(Exchange<FindCoordinatorRequestData> exchange) {
        FindCoordinatorRequestData request = exchange.request();
        String topic = topicOf(request.keyType(), exchange.version());
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (exchange.version() >= SEVERAL_KEYS_FROM) {
            for (String key : request.coordinatorKeys()) {
                response.coordinators().add(find(key, topic, exchange.listener()));
            }
        } else {
            Coordinator found = find(request.key(), topic, exchange.listener());
            boolean good = found.errorCode() == Errors.NONE.code();
            response.setErrorCode(found.errorCode())
                    // Versions before 4 have a message for success too, as Apache Kafka's.
                    .setErrorMessage(good ? Errors.NONE.message() : found.errorMessage())
                    .setNodeId(found.nodeId())
                    .setHost(found.host())
                    .setPort(found.port());
        }
        exchange.respond(response);
    }

    private static @Nullable String topicOf(byte keyType, short version) {
        if (keyType == CoordinatorType.GROUP.id()) {
            return GroupCoordinator.OFFSETS_TOPIC;
        } else if (keyType == CoordinatorType.TRANSACTION.id()) {
            return "__transaction_state";
        } else if (keyType == CoordinatorType.SHARE.id() && version >= SHARE_FROM) {
            return "__share_group_state";
        } else {
            return null;
        }
    }

    private Coordinator find(String key, @Nullable String topic, String listener) {
        if (topic == null) {
            return failed(key, Errors.INVALID_REQUEST);
        }
        int partitions = view.partitionCount(topic);
        if (partitions == 0) {
            internalTopics.ensure(topic);
            return failed(key, Errors.COORDINATOR_NOT_AVAILABLE);
        }
        Optional<Node> leader = view.leader(topic, GroupCoordinator.partitionFor(key, partitions), listener);
        return leader.map(node -> new Coordinator()
                        .setKey(key)
                        .setNodeId(node.id())
                        .setHost(node.host())
                        .setPort(node.port())
                        .setErrorCode(Errors.NONE.code())
                        .setErrorMessage(""))
                .orElseGet(() -> failed(key, Errors.COORDINATOR_NOT_AVAILABLE));
    }

    private static Coordinator failed(String key, Errors error) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(Node.noNode().id())
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
