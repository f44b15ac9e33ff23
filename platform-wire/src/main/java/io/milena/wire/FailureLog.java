package io.milena.wire;

import org.apache.kafka.common.errors.ApiException;
import org.slf4j.Logger;

/**
 * Tells of requests that failed without an error of their API: a failure that has an error code was decided and takes one line, whatever
 * anybody sends; everything else is a fault of ours and keeps its stack trace.
 */
final class FailureLog {
    private FailureLog() {}

    /** @param request which request, and whose */
    static void tell(Logger log, String request, Throwable failure) {
        Throwable reason = ErrorResponses.unwrap(failure);
        if (reason instanceof ApiException) {
            log.warn(
                    "{} is refused: {}",
                    request,
                    LogText.safe(reason.getClass().getSimpleName() + ": " + reason.getMessage()));
        } else {
            log.error("Unexpected failure of {}", request, failure);
        }
    }
}
