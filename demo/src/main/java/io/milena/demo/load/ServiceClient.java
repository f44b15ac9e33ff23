package io.milena.demo.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Speaks with the services as any client does: over HTTP. From any thread. */
public final class ServiceClient {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    /**
     * An answer: status code and body.
     *
     * @param later whether the service asks to come again later
     */
    public record Answer(int status, JsonNode body, boolean later) {
        public boolean ok() {
            return status >= 200 && status < 300;
        }

        /** Another attempt may end better: the service is overloaded, stops or starts, or an earlier attempt has not ended. */
        boolean isTransient() {
            return later || status == 429 || status >= 500;
        }
    }

    public Answer post(String url, String json) {
        return post(url, json, null);
    }

    /** @param idempotencyKey what tells the service that a repeated request is the same one, null for none */
    public Answer post(String url, String json, @Nullable String idempotencyKey) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("content-type", "application/json")
                .timeout(TIMEOUT)
                .POST(HttpRequest.BodyPublishers.ofString(json));
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return exchange(request.build());
    }

    public Answer get(String url) {
        return exchange(HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build());
    }

    /** The body of a successful answer. */
    public JsonNode read(String url) {
        Answer answer = get(url);
        if (answer.isTransient()) {
            throw new UnreachableException(
                    url + " answered " + answer.status() + ": " + answer.body(), new IOException());
        }
        if (!answer.ok()) {
            throw new IllegalStateException(url + " answered " + answer.status() + ": " + answer.body());
        }
        return answer.body();
    }

    private Answer exchange(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(
                    response.statusCode(),
                    body(response),
                    response.headers().firstValue("Retry-After").isPresent());
        } catch (IOException e) {
            throw new UnreachableException(request.uri() + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + request.uri(), e);
        }
    }

    private static JsonNode body(HttpResponse<byte[]> response) {
        if (response.body().length == 0) {
            return JSON.nullNode();
        }
        try {
            return JSON.readTree(response.body());
        } catch (JacksonException notJson) {
            return StringNode.valueOf(new String(response.body(), StandardCharsets.UTF_8));
        }
    }
}
