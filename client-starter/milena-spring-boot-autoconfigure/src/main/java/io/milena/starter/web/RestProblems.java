package io.milena.starter.web;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.validation.FieldError;
import org.springframework.validation.ObjectError;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;

/** What may go wrong with any request, as RFC 9457 problem details; a service adds its own in its {@code @RestControllerAdvice}. */
public abstract class RestProblems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(RestProblems.class);

    @ExceptionHandler({
        CannotCreateTransactionException.class,
        DataAccessResourceFailureException.class,
        TransientDataAccessException.class
    })
    ResponseEntity<ProblemDetail> notNow(Exception e) {
        log.warn("A request found no usable database: {}", e.toString());
        return ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                .header(HttpHeaders.RETRY_AFTER, "1")
                .body(problem(HttpStatus.SERVICE_UNAVAILABLE, "Not now", "the database does not answer; try again"));
    }

    @ExceptionHandler
    ProblemDetail internal(Exception e) {
        log.error("A request failed", e);
        return problem(
                HttpStatus.INTERNAL_SERVER_ERROR, "The request failed", "not by its own fault; the log says more");
    }

    protected static ProblemDetail problem(HttpStatus status, String title, @Nullable String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle(title);
        return problem;
    }

    /** For the exception with which the servlet container refuses bytes that are no UTF-8; each has its own. */
    protected static ProblemDetail undecodableQuery() {
        return problem(
                HttpStatus.BAD_REQUEST,
                "The query cannot be decoded",
                "parameters must be percent-encoded UTF-8, and these are not");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
            MethodArgumentNotValidException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return invalid(e, e.getAllErrors().stream().map(RestProblems::error).toList(), headers, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHandlerMethodValidationException(
            HandlerMethodValidationException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        List<Map<String, String>> errors = e.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream().map(error -> error(result, error)))
                .toList();
        return invalid(e, errors, headers, request);
    }

    private @Nullable ResponseEntity<Object> invalid(
            Exception e, List<Map<String, String>> errors, HttpHeaders headers, WebRequest request) {
        ProblemDetail problem =
                problem(HttpStatus.BAD_REQUEST, "Not valid", "see 'errors' for what is wrong and where");
        problem.setProperty("errors", errors);
        return handleExceptionInternal(e, problem, headers, HttpStatus.BAD_REQUEST, request);
    }

    private static Map<String, String> error(ParameterValidationResult result, MessageSourceResolvable error) {
        return result instanceof ParameterErrors && error instanceof ObjectError inBody
                ? error(inBody)
                : error(String.valueOf(result.getMethodParameter().getParameterName()), error.getDefaultMessage());
    }

    private static Map<String, String> error(ObjectError error) {
        return error(error instanceof FieldError named ? named.getField() : "", error.getDefaultMessage());
    }

    private static Map<String, String> error(String field, @Nullable String message) {
        return Map.of("field", field, "message", String.valueOf(message));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof BodyTooLargeException tooLarge) {
                return handleErrorResponseException(tooLarge, headers, tooLarge.getStatusCode(), request);
            }
        }
        String detail =
                e.getCause() instanceof JacksonException json ? where(json) : "the body is missing or cannot be read";
        ProblemDetail problem = problem(HttpStatus.BAD_REQUEST, "The body cannot be read", detail);
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem =
                problem(HttpStatus.NOT_FOUND, "Not found", "there is nothing at /" + e.getResourcePath());
        return handleExceptionInternal(e, problem, headers, status, request);
    }

    /** Line and column and, of a value of the wrong type, its field; no names of classes. */
    private static String where(JacksonException e) {
        String path = JsonFault.field(e);
        String place = JsonFault.place(e);
        return path.isEmpty() || e instanceof StreamReadException && !(e instanceof InputCoercionException)
                ? "no valid JSON" + place
                : "field '" + path + "' has a value of another type" + place;
    }
}
