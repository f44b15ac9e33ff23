package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.controller.core.Decision;
import io.milena.controller.core.HeartbeatControl;
import io.milena.wire.ApiHandler;
import io.milena.wire.Connection;
import io.milena.wire.Exchange;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * BrokerHeartbeat (63). Remembers which broker beats on which connection: a connection that closes is the first sign of a
 * dead process, long before its session ends.
 */
final class BrokerHeartbeatHandler implements ApiHandler<BrokerHeartbeatRequestData> {
    private final Controller controller;
    private final Map<Integer, Beat> lastBeats = new ConcurrentHashMap<>();

    private record Beat(long connectionId, long epoch) {}

    BrokerHeartbeatHandler(Controller controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.BROKER_HEARTBEAT;
    }

    @Override
    public void handle(Exchange<BrokerHeartbeatRequestData> exchange) {
        controller.submit(new Heartbeat(exchange));
    }

    private void watch(Connection connection, int brokerId, long epoch) {
        Beat beat = new Beat(connection.id(), epoch);
        Beat before = lastBeats.put(brokerId, beat);
        if (!beat.equals(before)) {
            connection.onClose(() -> {
                // A connection that the broker has replaced already says nothing when it goes.
                if (lastBeats.remove(brokerId, beat)) {
                    controller.onBrokerConnectionLost(brokerId, epoch);
                }
            });
        }
    }

    private final class Heartbeat extends ControllerOperation<BrokerHeartbeatRequestData, BrokerHeartbeatResponseData> {
        private final Connection connection;

        Heartbeat(Exchange<BrokerHeartbeatRequestData> exchange) {
            super(
                    exchange,
                    (request, turn) -> new HeartbeatControl(turn.context()).decide(request, turn.sessions()),
                    Long.MAX_VALUE);
            this.connection = exchange.connection();
        }

        @Override
        public void appended(Decision<BrokerHeartbeatResponseData> decision, Turn turn, long lastOffset) {
            new HeartbeatControl(turn.context())
                    .decided(request(), decision.response(), turn.sessions(), turn.nowMs(), lastOffset);
            // Only now: nothing is kept of beats of brokers that are not registered.
            watch(connection, request().brokerId(), request().brokerEpoch());
        }
    }
}
