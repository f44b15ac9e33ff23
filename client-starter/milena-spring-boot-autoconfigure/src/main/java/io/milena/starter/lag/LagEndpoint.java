package io.milena.starter.lag;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/lag}: the lag at this moment, asked afresh. */
@Endpoint(id = "lag")
public final class LagEndpoint {

    private final LagReader reader;

    public LagEndpoint(LagReader reader) {
        this.reader = reader;
    }

    @ReadOperation
    public LagReport lag() {
        return reader.read();
    }
}
