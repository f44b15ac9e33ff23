package io.milena.coordinator.group.api;

import io.milena.coordinator.group.core.Answers;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** SyncGroup 0-5. */
final class SyncGroupHandler implements ApiHandler<SyncGroupRequestData> {

    /** From here on clients say what protocol they think was chosen (KIP-559). */
    private static final int PROTOCOL_FROM = 5;

    private final Shards shards;

    SyncGroupHandler(Shards shards) {
        this.shards = shards;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.SYNC_GROUP;
    }

    @Override
    public void handle(Exchange<SyncGroupRequestData> exchange) {
        SyncGroupRequestData request = exchange.request();
        if (exchange.version() >= PROTOCOL_FROM && (request.protocolType() == null || request.protocolName() == null)) {
            exchange.respond(Answers.sync(Errors.INCONSISTENT_GROUP_PROTOCOL));
            return;
        }
        shards.inTurnOf(
                request.groupId(),
                (shard, turn) -> shard.sync(turn, request, exchange::respond),
                error -> exchange.respond(Answers.sync(overWhileLoading(error))));
    }

    /** The rebalance that was under way is forgotten with the coordinator that knew of it; clients take any other word about loading for fatal. */
    private static Errors overWhileLoading(Errors error) {
        return error == Errors.COORDINATOR_LOAD_IN_PROGRESS ? Errors.REBALANCE_IN_PROGRESS : error;
    }
}
