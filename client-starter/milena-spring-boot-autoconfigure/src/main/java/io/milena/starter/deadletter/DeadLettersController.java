package io.milena.starter.deadletter;

import java.net.URI;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The dead letters over REST, where {@code milena.deadletters.rest.enabled} says so. It has no protection of its own: secure its path as
 * you secure the application's others.
 */
@RestController
@RequestMapping("${milena.deadletters.rest.path:/dead-letters}")
public final class DeadLettersController {

    private static final int LARGEST_SIZE = 500;

    private final DeadLetters deadLetters;

    public DeadLettersController(DeadLetters deadLetters) {
        this.deadLetters = deadLetters;
    }

    /** @param waiting how many there are on all pages */
    record Page(long waiting, int page, int size, List<DeadLetter> deadLetters) {}

    /** @param redriven how many went back into their queues by this call */
    record Redriven(int redriven) {}

    @GetMapping
    Page list(
            @RequestParam(name = "page", defaultValue = "0") int page,
            @RequestParam(name = "size", defaultValue = "20") int size) {
        if (page < 0 || size < 1 || size > LARGEST_SIZE) {
            throw problem(HttpStatus.BAD_REQUEST, "page must be 0 or more and size 1 to " + LARGEST_SIZE);
        }
        return new Page(deadLetters.waiting(), page, size, deadLetters.list(page, size));
    }

    @PostMapping("/redrive")
    ResponseEntity<Redriven> redriveAll() {
        return ResponseEntity.accepted().body(new Redriven(deadLetters.redriveAll()));
    }

    @PostMapping("/{id}/redrive")
    ResponseEntity<Redriven> redrive(@PathVariable("id") long id) {
        if (!deadLetters.redrive(id)) {
            throw notWaiting(id);
        }
        return ResponseEntity.accepted().body(new Redriven(1));
    }

    @DeleteMapping("/{id}")
    ResponseEntity<Void> discard(@PathVariable("id") long id) {
        if (!deadLetters.discard(id)) {
            throw notWaiting(id);
        }
        return ResponseEntity.noContent().build();
    }

    /** As problem details, whatever the application does with its own errors. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> problem(ErrorResponseException error) {
        return ResponseEntity.status(error.getStatusCode())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(error.getBody());
    }

    private static ErrorResponseException notWaiting(long id) {
        return problem(
                HttpStatus.NOT_FOUND,
                "no dead letter " + id + " waits here; it was redriven or discarded before, or never was there");
    }

    private static ErrorResponseException problem(HttpStatus status, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("about:blank"));
        return new ErrorResponseException(status, problem, null);
    }
}
