package io.milena.orders.web;

import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Where the {@code type} of a problem document leads. */
@RestController
@Tag(name = "documents")
class ProblemCatalogue {

    /** A kind of problem and what to do about it. */
    record Entry(URI type, int status, String title, String explanation) {
        static Entry of(ProblemType type) {
            return new Entry(type.uri(), type.status().value(), type.title(), type.explanation());
        }
    }

    @GetMapping("/problems")
    List<Entry> all() {
        return Arrays.stream(ProblemType.values()).map(Entry::of).toList();
    }

    @GetMapping("/problems/{slug}")
    Entry one(@PathVariable String slug) {
        return Arrays.stream(ProblemType.values())
                .filter(type -> type.slug().equals(slug))
                .findFirst()
                .map(Entry::of)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "there is no kind of problem " + slug + "; /problems lists them"));
    }
}
