package io.milena.orders.web;

import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;

/** Every kind of problem this service tells of. {@code type} is a path of the service itself, where it is explained. */
public enum ProblemType {
    MALFORMED_BODY(
            HttpStatus.BAD_REQUEST,
            "The body cannot be read",
            "It is no JSON, or a field has another type than it should. 'detail' says where. Nothing was stored."),
    INVALID_ORDER(
            HttpStatus.BAD_REQUEST,
            "The order is not valid",
            "'errors' names each field and what is wrong with it. Nothing was stored; correct it and send it again."),
    INVALID_PARAMETER(
            HttpStatus.BAD_REQUEST,
            "A query parameter is not valid",
            "'parameter' names it, 'detail' says what it may be."),
    INVALID_IDEMPOTENCY_KEY(
            HttpStatus.BAD_REQUEST,
            "The Idempotency-Key is not valid",
            "A key is 1 to 255 visible ASCII characters, in double quotes or bare. Nothing was stored."),
    INVALID_HEADER(HttpStatus.BAD_REQUEST, "A header is not valid", "'detail' says which and why."),
    ORDER_NOT_FOUND(HttpStatus.NOT_FOUND, "There is no such order", "No order has this id; ids are case-sensitive."),
    NO_SUCH_PATH(HttpStatus.NOT_FOUND, "There is nothing at this path", "/docs lists what there is."),
    METHOD_NOT_ALLOWED(HttpStatus.METHOD_NOT_ALLOWED, "Not with this method", "The Allow header names those that go."),
    NOT_ACCEPTABLE(
            HttpStatus.NOT_ACCEPTABLE,
            "Not in this format",
            "The Accept header asks for something this resource does not come in; application/json does."),
    ORDER_ID_TAKEN(
            HttpStatus.CONFLICT,
            "The order id is taken",
            "An order with this id and other content was placed before. The same content again would have been answered with 200."),
    TOO_LATE(
            HttpStatus.CONFLICT,
            "The order is at its end",
            "'state' says which: SHIPPED and REJECTED orders cannot be cancelled."),
    REQUEST_IN_PROGRESS(
            HttpStatus.CONFLICT,
            "Another request is still at work",
            "A request with the same Idempotency-Key or about the same order has not ended. Send it again after Retry-After."),
    STALE_VERSION(
            HttpStatus.PRECONDITION_FAILED,
            "The order has changed",
            "If-Match names another version than the order has; the ETag header of this answer names the version it has."),
    BODY_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "The body is too large",
            "'limit' is the most a body may have, in bytes. Nothing was stored."),
    UNSUPPORTED_MEDIA_TYPE(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE, "Not this content type", "Orders are placed as application/json."),
    IDEMPOTENCY_KEY_REUSED(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "The Idempotency-Key belongs to another request",
            "It was used with another body. Take a new key for a new request; nothing was stored."),
    TOO_MANY_STREAMS(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Too many event streams are open",
            "This instance serves no more of them at a time. Try again after Retry-After, or poll the order with If-None-Match."),
    STOPPING(
            HttpStatus.SERVICE_UNAVAILABLE,
            "This instance is stopping",
            "It begins no event stream any more. Connect again after Retry-After, with Last-Event-ID: nothing is missed."),
    DATABASE_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The database does not answer",
            "Whether a request that changes something had an effect is not known: send it again with the same Idempotency-Key or order id."),
    INTERNAL(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "Something is wrong here",
            "The fault is ours and in the log, beside the X-Correlation-Id of this answer.");

    private final HttpStatus status;
    private final String title;
    private final String explanation;

    ProblemType(HttpStatus status, String title, String explanation) {
        this.status = status;
        this.title = title;
        this.explanation = explanation;
    }

    HttpStatus status() {
        return status;
    }

    String title() {
        return title;
    }

    String explanation() {
        return explanation;
    }

    /** The last segment of its URI. */
    String slug() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    URI uri() {
        return URI.create("/problems/" + slug());
    }

    /** A document of this type. */
    ProblemDetail detail(String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(uri());
        problem.setTitle(title);
        return problem;
    }
}
