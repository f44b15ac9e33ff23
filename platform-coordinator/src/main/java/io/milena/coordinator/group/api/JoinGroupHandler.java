package io.milena.coordinator.group.api;

import io.milena.coordinator.group.core.Answers;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** JoinGroup 0-9. */
final class JoinGroupHandler implements ApiHandler<JoinGroupRequestData> {

    private static final int NULLABLE_PROTOCOL_FROM = 7;

    private final Shards shards;

    JoinGroupHandler(Shards shards) {
        this.shards = shards;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.JOIN_GROUP;
    }

    @Override
    public void handle(Exchange<JoinGroupRequestData> exchange) {
        JoinGroupRequestData request = exchange.request();
        shards.inTurnOf(
                request.groupId(),
                (shard, turn) -> shard.join(
                        turn,
                        request,
                        Shards.caller(exchange),
                        exchange.version(),
                        response -> exchange.respond(forVersion(response, exchange.version()))),
                error -> exchange.respond(forVersion(Answers.join(request.memberId(), error), exchange.version())));
    }

    private static JoinGroupResponseData forVersion(JoinGroupResponseData response, short version) {
        if (version < NULLABLE_PROTOCOL_FROM && response.protocolName() == null) {
            response.setProtocolName("");
        }
        return response;
    }
}
