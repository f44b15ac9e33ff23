package io.milena.starter.retry;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/retries}: which keys wait for another attempt of which event, why, and until when. */
@Endpoint(id = "retries")
public final class RetriesEndpoint {

    private static final int DEFAULT_SIZE = 20;
    private static final int LARGEST_SIZE = 500;

    private final RetryQueues queues;

    public RetriesEndpoint(RetryQueues queues) {
        this.queues = queues;
    }

    /**
     * @param parked events by group, those behind others included
     * @param queues a page of queues by their first event, the one that is due next first
     */
    public record Report(Map<String, Long> parked, List<RetryQueues.Head> queues) {}

    @ReadOperation
    public Report retries(@Nullable Integer page, @Nullable Integer size) {
        int rows = size == null ? DEFAULT_SIZE : Math.min(LARGEST_SIZE, Math.max(1, size));
        return new Report(queues.parked(), queues.heads(page == null ? 0 : Math.max(0, page), rows));
    }
}
