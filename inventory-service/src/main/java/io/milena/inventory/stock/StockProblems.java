package io.milena.inventory.stock;

import io.milena.starter.web.RestProblems;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What goes wrong with products and stock. */
@RestControllerAdvice
class StockProblems extends RestProblems {

    /** The query has bytes that are no UTF-8; Tomcat notices when the first parameter is asked for. */
    @ExceptionHandler
    ProblemDetail undecodable(InvalidParameterException e) {
        return undecodableQuery();
    }

    @ExceptionHandler
    ProblemDetail notFound(NotFoundException e) {
        return problem(HttpStatus.NOT_FOUND, "Not found", e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail conflict(ConflictException e) {
        return problem(HttpStatus.CONFLICT, e.title(), e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail keyReused(KeyReusedException e) {
        return problem(HttpStatus.UNPROCESSABLE_CONTENT, "Idempotency-Key used for something else", e.getMessage());
    }
}
