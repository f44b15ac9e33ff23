package io.milena.orders.web;

import io.milena.orders.desk.OrderConflictException;
import io.milena.orders.desk.OrderNotFoundException;
import io.milena.orders.desk.StaleVersionException;
import io.milena.orders.idempotency.IdempotencyKey.InvalidKeyException;
import io.milena.orders.idempotency.IdempotencyKey.ReusedKeyException;
import io.milena.orders.order.IllegalMoveException;
import io.milena.orders.progress.StreamsStoppedException;
import io.milena.orders.progress.TooManyStreamsException;
import io.milena.starter.web.BodyTooLargeException;
import io.milena.starter.web.JsonFault;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.ObjectError;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;

/** What goes wrong, as RFC 9457 problem documents. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final String RETRY_SECONDS = "1";

    /** By status, for what Spring finds wrong before our code is reached. */
    private static final Map<Integer, ProblemType> SPRINGS = Map.of(
            400, ProblemType.INVALID_PARAMETER,
            404, ProblemType.NO_SUCH_PATH,
            405, ProblemType.METHOD_NOT_ALLOWED,
            406, ProblemType.NOT_ACCEPTABLE,
            413, ProblemType.BODY_TOO_LARGE,
            415, ProblemType.UNSUPPORTED_MEDIA_TYPE);

    @ExceptionHandler
    ProblemDetail notFound(OrderNotFoundException e) {
        return ProblemType.ORDER_NOT_FOUND.detail(message(e));
    }

    @ExceptionHandler
    ProblemDetail conflict(OrderConflictException e) {
        return ProblemType.ORDER_ID_TAKEN.detail(message(e));
    }

    @ExceptionHandler
    ProblemDetail illegalMove(IllegalMoveException e) {
        ProblemDetail problem = ProblemType.TOO_LATE.detail(message(e));
        problem.setProperty("state", e.from());
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> stale(StaleVersionException e) {
        return ResponseEntity.status(ProblemType.STALE_VERSION.status())
                .header(HttpHeaders.ETAG, EntityTags.of(e.version()))
                .body(ProblemType.STALE_VERSION.detail(message(e)));
    }

    @ExceptionHandler
    ProblemDetail invalidKey(InvalidKeyException e) {
        return ProblemType.INVALID_IDEMPOTENCY_KEY.detail(message(e));
    }

    @ExceptionHandler
    ProblemDetail reusedKey(ReusedKeyException e) {
        return ProblemType.IDEMPOTENCY_KEY_REUSED.detail(message(e));
    }

    @ExceptionHandler
    ProblemDetail invalidParameter(OrderQuery.InvalidParameterException e) {
        ProblemDetail problem = ProblemType.INVALID_PARAMETER.detail(message(e));
        problem.setProperty("parameter", e.parameter());
        return problem;
    }

    /** The query has bytes that are no UTF-8; Tomcat notices when the first parameter is asked for. */
    @ExceptionHandler
    ProblemDetail undecodable(org.apache.tomcat.util.http.InvalidParameterException e) {
        return ProblemType.INVALID_PARAMETER.detail("the query cannot be decoded: it must be percent-encoded UTF-8");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> inProgress(ConcurrencyFailureException e) {
        return later(ProblemType.REQUEST_IN_PROGRESS, "another request about the same has not ended");
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooManyStreams(TooManyStreamsException e) {
        return later(ProblemType.TOO_MANY_STREAMS, message(e));
    }

    @ExceptionHandler
    ProblemDetail tooLarge(BodyTooLargeException e) {
        ProblemDetail problem = ProblemType.BODY_TOO_LARGE.detail(String.valueOf(e.getReason()));
        problem.setProperty("limit", e.limit());
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> stopping(StreamsStoppedException e) {
        return later(ProblemType.STOPPING, message(e));
    }

    @ExceptionHandler({CannotCreateTransactionException.class, DataAccessResourceFailureException.class})
    ResponseEntity<ProblemDetail> noDatabase(Exception e) {
        log.warn("The database does not answer: {}", e.toString());
        return later(ProblemType.DATABASE_UNAVAILABLE, "the database does not answer");
    }

    @ExceptionHandler
    ProblemDetail internal(Exception e) {
        log.error("A request failed", e);
        return ProblemType.INTERNAL.detail("the request failed, and not by its own fault");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Map<String, String>> errors =
                e.getAllErrors().stream().map(Problems::error).toList();
        ProblemDetail problem = ProblemType.INVALID_ORDER.detail(
                errors.size() == 1 ? "a field is not valid" : errors.size() + " fields are not valid");
        problem.setProperty("errors", errors);
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyTooLargeException tooLarge) {
                return handleExceptionInternal(
                        e, tooLarge(tooLarge), headers, ProblemType.BODY_TOO_LARGE.status(), request);
            }
        }
        String detail =
                e.getCause() instanceof JacksonException json ? where(json) : "the body is missing or cannot be read";
        return handleExceptionInternal(e, ProblemType.MALFORMED_BODY.detail(detail), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String detail = "there is nothing at /" + e.getResourcePath() + "; /docs lists what there is";
        return handleExceptionInternal(e, ProblemType.NO_SUCH_PATH.detail(detail), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        String detail = "Content-Type must be application/json, not " + e.getContentType();
        return handleExceptionInternal(e, ProblemType.UNSUPPORTED_MEDIA_TYPE.detail(detail), headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception e, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ResponseEntity<Object> answer = super.handleExceptionInternal(e, body, headers, status, request);
        if (answer != null
                && answer.getBody() instanceof ProblemDetail problem
                && (problem.getType() == null
                        || "about:blank".equals(problem.getType().toString()))) {
            ProblemType type = SPRINGS.getOrDefault(status.value(), ProblemType.INTERNAL);
            problem.setType(type.uri());
            problem.setTitle(type.title());
        }
        return answer;
    }

    /** The line and column and, of a field of the wrong type, its name; no names of classes. */
    private static String where(JacksonException e) {
        String path = JsonFault.field(e);
        String place = JsonFault.place(e);
        if (e instanceof StreamReadException && !(e instanceof InputCoercionException)) {
            return "the body is no valid JSON" + place;
        }
        return path.isEmpty()
                ? "the body is no JSON object with the fields of an order"
                : "field '" + path + "' has a value of another type" + place;
    }

    private static Map<String, String> error(ObjectError error) {
        String field = error instanceof org.springframework.validation.FieldError named ? named.getField() : "";
        return Map.of("field", field, "message", String.valueOf(error.getDefaultMessage()));
    }

    private static ResponseEntity<ProblemDetail> later(ProblemType type, String detail) {
        return ResponseEntity.status(type.status())
                .header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS)
                .body(type.detail(detail));
    }

    private static String message(Exception e) {
        return String.valueOf(e.getMessage());
    }
}
