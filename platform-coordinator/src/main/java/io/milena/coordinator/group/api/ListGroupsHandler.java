package io.milena.coordinator.group.api;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.ApiKeys;

/** ListGroups 0-5: what this node coordinates; clients ask every broker. */
final class ListGroupsHandler implements ApiHandler<ListGroupsRequestData> {

    private final GroupCoordinator coordinator;

    ListGroupsHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_GROUPS;
    }

    @Override
    public void handle(Exchange<ListGroupsRequestData> exchange) {
        // Without regard to case, and states without regard to blanks around them, as Apache Kafka compares them.
        Set<String> states =
                map(exchange.request().statesFilter(), state -> lowerCase(state).trim());
        Set<String> types = map(exchange.request().typesFilter(), ListGroupsHandler::lowerCase);
        Queue<ListedGroup> groups = new ConcurrentLinkedQueue<>();
        coordinator
                .executeOnAll((shard, turn) -> groups.addAll(shard.list(states, types)))
                .thenAccept(error -> exchange.respond(
                        new ListGroupsResponseData().setErrorCode(error.code()).setGroups(new ArrayList<>(groups))));
    }

    private static Set<String> map(Collection<String> names, UnaryOperator<String> read) {
        return names.stream().map(read).collect(Collectors.toSet());
    }

    private static String lowerCase(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
