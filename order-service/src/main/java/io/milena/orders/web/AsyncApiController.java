package io.milena.orders.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The events of this service, beside its OpenAPI document. */
@RestController
@Tag(name = "documents")
class AsyncApiController {

    @GetMapping(path = "/asyncapi", produces = MediaType.APPLICATION_YAML_VALUE)
    @Operation(summary = "The events of this service, as AsyncAPI")
    ResponseEntity<Resource> asyncApi() {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_YAML)
                .body(new ClassPathResource("asyncapi/order-service.yaml"));
    }
}
