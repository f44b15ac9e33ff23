package io.milena.coordinator.group.api;

import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** ConsumerGroupHeartbeat 0-1 (KIP-848). */
final class ConsumerGroupHeartbeatHandler implements ApiHandler<ConsumerGroupHeartbeatRequestData> {

    private final Shards shards;

    ConsumerGroupHeartbeatHandler(Shards shards) {
        this.shards = shards;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CONSUMER_GROUP_HEARTBEAT;
    }

    @Override
    public void handle(Exchange<ConsumerGroupHeartbeatRequestData> exchange) {
        ConsumerGroupHeartbeatRequestData request = exchange.request();
        if (!shards.coordinator().servesConsumerGroups()) {
            refuse(exchange, Errors.UNSUPPORTED_VERSION);
            return;
        }
        shards.inTurnOf(
                request.groupId(),
                (shard, turn) -> shard.groupsOf(ConsumerGroups.class)
                        .heartbeats()
                        .heartbeat(turn, request, Shards.caller(exchange), exchange.version(), exchange::respond),
                error -> refuse(exchange, error));
    }

    private static void refuse(Exchange<?> exchange, Errors error) {
        exchange.respond(new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(error.message()));
    }
}
