package io.milena.starter.lag;

import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/lag}: the lag at this moment, asked afresh. */
@Endpoint(id = "lag")
public final class LagEndpoint {

    private final LagReader reader;

    public LagEndpoint(LagReader reader) {
        this.reader = reader;
    }

    /** @param totalLag records all groups have still to handle */
    public record Report(long totalLag, List<PartitionLag> partitions) {}

    @ReadOperation
    public Report lag() {
        List<PartitionLag> partitions = reader.read();
        return new Report(partitions.stream().mapToLong(PartitionLag::lag).sum(), partitions);
    }
}
