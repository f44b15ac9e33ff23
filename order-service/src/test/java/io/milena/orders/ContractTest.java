package io.milena.orders;

import io.milena.starter.event.EventCodec;
import io.milena.starter.testing.EventContracts;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

class ContractTest {

    @TestFactory
    Stream<DynamicTest> events() {
        EventCodec codec = new EventCodec(new OrderServiceApplication().eventTypes(), JsonMapper.shared());
        return EventContracts.of(codec, "asyncapi/order-service.yaml");
    }
}
