package io.milena.starter.deadletter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@code /actuator/deadletters}: GET lists those that wait; POST puts all back, POST with an id that one, DELETE discards one. The last three
 * where {@code management.endpoint.deadletters.access} is {@code unrestricted}; each leaves a line in the log.
 */
@Endpoint(id = "deadletters", defaultAccess = Access.READ_ONLY)
public final class DeadLettersEndpoint {

    private static final int DEFAULT_SIZE = 20;
    private static final int LARGEST_SIZE = 500;

    private static final Logger log = LoggerFactory.getLogger(DeadLettersEndpoint.class);

    private final DeadLetters deadLetters;

    public DeadLettersEndpoint(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** @param waiting how many there are on all pages */
    public record Page(long waiting, int page, int size, List<DeadLetter> deadLetters) {}

    /** @param redriven how many went back into their queues by this call */
    public record Redriven(int redriven) {}

    @ReadOperation
    public Page list(@Nullable Integer page, @Nullable Integer size) {
        int number = page == null ? 0 : Math.max(0, page);
        int rows = size == null ? DEFAULT_SIZE : Math.min(LARGEST_SIZE, Math.max(1, size));
        return new Page(deadLetters.waiting(), number, rows, deadLetters.list(number, rows));
    }

    @WriteOperation
    public Redriven redriveAll() {
        Redriven all = new Redriven(deadLetters.redriveAll());
        log.warn("Actuator redrives {} dead letters", all.redriven());
        return all;
    }

    @WriteOperation
    public Redriven redrive(@Selector long id) {
        Redriven one = new Redriven(deadLetters.redrive(id) ? 1 : 0);
        log.warn("Actuator redrives dead letter {}: {}", id, one.redriven());
        return one;
    }

    /** @param discarded how many will not be handled any more */
    public record Discarded(int discarded) {}

    @DeleteOperation
    public Discarded discard(@Selector long id) {
        Discarded one = new Discarded(deadLetters.discard(id) ? 1 : 0);
        log.warn("Actuator discards dead letter {}: {}", id, one.discarded());
        return one;
    }
}
