package io.milena.coordinator.group.api;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.core.GroupShard;
import io.milena.coordinator.runtime.ShardOperation;
import io.milena.coordinator.runtime.Turn;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Heartbeat 0-4: by far the most frequent group request, so it allocates next to nothing. */
final class HeartbeatHandler implements ApiHandler<HeartbeatRequestData> {

    private final GroupCoordinator coordinator;

    HeartbeatHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.HEARTBEAT;
    }

    @Override
    public void handle(Exchange<HeartbeatRequestData> exchange) {
        coordinator.execute(exchange.request().groupId(), new Beat(exchange));
    }

    private record Beat(Exchange<HeartbeatRequestData> exchange) implements ShardOperation<GroupShard> {
        @Override
        public void run(GroupShard shard, Turn turn) {
            respond(shard.heartbeat(turn, exchange.request()));
        }

        /** While the group is being read nobody's session runs, so the member is well, as far as one can tell. */
        @Override
        public void refused(Errors error) {
            respond(error == Errors.COORDINATOR_LOAD_IN_PROGRESS ? Errors.NONE : error);
        }

        private void respond(Errors error) {
            exchange.respond(new HeartbeatResponseData().setErrorCode(error.code()));
        }
    }
}
