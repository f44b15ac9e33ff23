package io.milena.demo.load;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/** Speaks with the services as any client does: over HTTP. From any thread. */
public final class ServiceClient {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");
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
     * @param next the address of the next page, null if there is none
     */
    public record Answer(
            int status,
            JsonNode body,
            boolean later,
            @Nullable String next) {
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
        return answer(url).body();
    }

    /** Reads a list page by page, as far as its links lead. */
    public void follow(String url, Consumer<JsonNode> page) {
        for (String next = url; next != null; ) {
            Answer answer = answer(next);
            page.accept(answer.body());
            next = answer.next();
        }
    }

    private Answer answer(String url) {
        Answer answer = get(url);
        if (answer.isTransient()) {
            throw new UnreachableException(
                    url + " answered " + answer.status() + ": " + answer.body(), new IOException());
        }
        if (!answer.ok()) {
            throw new IllegalStateException(url + " answered " + answer.status() + ": " + answer.body());
        }
        return answer;
    }

    private Answer exchange(HttpRequest request) {
        try {
            HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(
                    response.statusCode(),
                    body(response),
                    response.headers().firstValue("Retry-After").isPresent(),
                    next(response));
        } catch (IOException e) {
            throw new UnreachableException(request.uri() + " does not answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + request.uri(), e);
        }
    }

    private static @Nullable String next(HttpResponse<?> response) {
        return response.headers().allValues("Link").stream()
                .map(NEXT::matcher)
                .filter(Matcher::find)
                .findFirst()
                .map(link -> response.request().uri().resolve(link.group(1)).toString())
                .orElse(null);
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
