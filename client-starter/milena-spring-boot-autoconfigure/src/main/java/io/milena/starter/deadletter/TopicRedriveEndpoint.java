package io.milena.starter.deadletter;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/** {@code /actuator/deadletters} of a service without a database: POST redrives all from the topics. */
@Endpoint(id = "deadletters", defaultAccess = Access.READ_ONLY)
public final class TopicRedriveEndpoint {

    private final TopicRedrive redrive;

    public TopicRedriveEndpoint(TopicRedrive redrive) {
        this.redrive = redrive;
    }

    @WriteOperation
    public TopicRedrive.Outcome redriveAll() {
        return redrive.redriveAll();
    }
}
