package io.milena.coordinator.group.api;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.GroupCoordinator.ShardAction;
import io.milena.coordinator.group.ShardOperation;
import io.milena.coordinator.group.core.Caller;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.group.core.Turn;
import io.milena.wire.Exchange;
import java.util.function.Consumer;
import org.apache.kafka.common.protocol.Errors;

/** The way from a handler into a shard's turn. */
record Shards(GroupCoordinator coordinator) {

    void inTurnOf(String groupId, ShardAction action, Consumer<Errors> refused) {
        coordinator.execute(groupId, new ShardOperation() {
            @Override
            public void run(GroupShard shard, Turn turn) {
                action.run(shard, turn);
            }

            @Override
            public void refused(Errors error) {
                refused.accept(error);
            }
        });
    }

    static Caller caller(Exchange<?> exchange) {
        return new Caller(exchange.clientId(), exchange.clientAddress().toString());
    }
}
