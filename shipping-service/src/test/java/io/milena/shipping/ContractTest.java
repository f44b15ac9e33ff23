package io.milena.shipping;

import io.milena.starter.event.EventCodec;
import io.milena.starter.testing.EventContracts;
import io.milena.starter.testing.TestDatabase;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ContractTest {

    @TestFactory
    Stream<DynamicTest> events() {
        return EventContracts.of(
                ShippingApp.on(TestDatabase.Kind.H2).bean(EventCodec.class), "asyncapi/shipping-service.yaml");
    }
}
