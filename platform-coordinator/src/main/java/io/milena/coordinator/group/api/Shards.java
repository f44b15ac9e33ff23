package io.milena.coordinator.group.api;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.runtime.CoordinatorRuntime;
import io.milena.coordinator.runtime.CoordinatorRuntime.ShardAction;
import io.milena.wire.Exchange;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/** The way from a handler into a shard's turn. */
record Shards(GroupCoordinator coordinator) {

    void inTurnOf(String groupId, ShardAction<GroupShard> action, Consumer<Errors> refused) {
        coordinator.execute(groupId, CoordinatorRuntime.operation(action, refused));
    }

    static Caller caller(Exchange<?> exchange) {
        return new Caller(exchange.clientId(), exchange.clientAddress().toString());
    }
}
