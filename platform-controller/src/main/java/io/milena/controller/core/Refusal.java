package io.milena.controller.core;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/**
 * Errors of answers with texts of bounded length. Texts name what the client sent, which may be as long as a string of the protocol can
 * be: with the words around it the answer could not be written, and the client would get none.
 */
final class Refusal {
    /** In UTF-8 at most three times as many bytes, which still fit into a string of the protocol. */
    private static final int MAX_LENGTH = 8_000;

    private Refusal() {}

    static ApiError of(Throwable refusal) {
        ApiError error = ApiError.fromThrowable(refusal);
        return of(error.error(), error.message());
    }

    static ApiError of(Errors error, @Nullable String text) {
        return new ApiError(
                error, text == null || text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…");
    }
}
