package io.milena.shipping.shipment;

import io.milena.starter.web.RestProblems;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What goes wrong with shipments. */
@RestControllerAdvice
class ShipmentProblems extends RestProblems {

    /** The query has bytes that are no UTF-8; Tomcat notices when the first parameter is asked for. */
    @ExceptionHandler
    ProblemDetail undecodable(InvalidParameterException e) {
        return undecodableQuery();
    }

    @ExceptionHandler
    ProblemDetail notFound(ShipmentNotFoundException e) {
        return problem(HttpStatus.NOT_FOUND, "Shipment not found", e.getMessage());
    }

    @ExceptionHandler
    ProblemDetail illegalMove(IllegalMoveException e) {
        ProblemDetail problem = problem(HttpStatus.CONFLICT, "Not from this state", e.getMessage());
        problem.setProperty("state", e.from());
        return problem;
    }

    @ExceptionHandler
    ProblemDetail mistyped(MistypedNumberException e) {
        return problem(HttpStatus.BAD_REQUEST, "No tracking number", e.getMessage());
    }
}
