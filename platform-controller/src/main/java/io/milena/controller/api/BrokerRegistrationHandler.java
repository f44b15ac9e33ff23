package io.milena.controller.api;

import io.milena.controller.Controller;
import io.milena.controller.core.ClusterControl;
import io.milena.controller.core.Decision;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** BrokerRegistration (62). A registered broker counts as heard of. */
final class BrokerRegistrationHandler implements ApiHandler<BrokerRegistrationRequestData> {
    private final Controller controller;

    BrokerRegistrationHandler(Controller controller) {
        this.controller = controller;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.BROKER_REGISTRATION;
    }

    @Override
    public void handle(Exchange<BrokerRegistrationRequestData> exchange) {
        controller.submit(new Registration(exchange));
    }

    private static final class Registration
            extends ControllerOperation<BrokerRegistrationRequestData, BrokerRegistrationResponseData> {
        Registration(Exchange<BrokerRegistrationRequestData> exchange) {
            super(
                    exchange,
                    (request, turn) -> new ClusterControl(turn.context())
                            .register(request, turn.nextOffset(), turn.sessions(), turn.nowMs()),
                    Long.MAX_VALUE);
        }

        @Override
        public void appended(Decision<BrokerRegistrationResponseData> decision, Turn turn, long lastOffset) {
            turn.sessions().touch(request().brokerId(), decision.response().brokerEpoch(), -1, turn.nowMs());
        }
    }
}
