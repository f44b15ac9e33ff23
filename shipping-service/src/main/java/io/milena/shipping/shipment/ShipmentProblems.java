package io.milena.shipping.shipment;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** What goes wrong, as RFC 9457 problem details. */
@RestControllerAdvice
class ShipmentProblems extends ResponseEntityExceptionHandler {

    @ExceptionHandler
    ProblemDetail notFound(ShipmentNotFoundException e) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, e.getMessage());
        problem.setTitle("Shipment not found");
        return problem;
    }
}
