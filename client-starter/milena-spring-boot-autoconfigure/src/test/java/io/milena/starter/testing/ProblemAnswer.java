package io.milena.starter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer that tells what is wrong with a request. */
public final class ProblemAnswer {
    private ProblemAnswer() {}

    /** A whole problem document of that status, which contains {@code told}, a field's as {@code field: message}, and no names of classes. */
    public static void check(HttpResponse<String> answer, int status, String told) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = JsonMapper.shared().readTree(answer.body());
        assertThat(problem.get("status").intValue()).isEqualTo(status);
        assertThat(problem.get("title").stringValue()).isNotBlank();
        StringBuilder all = new StringBuilder(problem.get("detail").stringValue());
        problem.path("errors")
                .forEach(error -> all.append('\n')
                        .append(error.get("field").stringValue())
                        .append(": ")
                        .append(error.get("message").stringValue()));
        assertThat(all.toString()).contains(told).doesNotContain("io.milena", "Exception");
    }
}
