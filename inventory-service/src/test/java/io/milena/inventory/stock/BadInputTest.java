package io.milena.inventory.stock;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.inventory.InventoryApp;
import io.milena.starter.testing.ProblemAnswer;
import io.milena.starter.testing.TestDatabase;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whatever is wrong with a request is told as a problem document and leaves no trace. */
@ParameterizedClass
@EnumSource
class BadInputTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final InventoryApp app;

    BadInputTest(TestDatabase.Kind kind) {
        app = InventoryApp.on(kind);
    }

    @BeforeEach
    void one_product_is_there() throws Exception {
        send("POST", "/products", "application/json", null, text("""
                {"sku": "BAD-1", "name": "widget", "unitPrice": 2.5, "unitsInStock": 7}"""));
    }

    @ParameterizedTest(name = "{0} {1} {2} -> {3} {4}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            POST | /products                   | {"sku": "X                                          | 400 | no valid JSON at line 1
            POST | /products                   |                                                     | 400 | the body is missing
            POST | /products                   | []                                                  | 400 | no valid JSON
            POST | /products                   | {"sku":"X","name":"x","unitsInStock":"many"}        | 400 | field 'unitsInStock' has a value of another type at line 1
            POST | /products                   | {"sku":"X","name":"x","unitsInStock":99999999999}   | 400 | field 'unitsInStock' has a value of another type
            POST | /products                   | {"sku":"X","name":"x"}                              | 400 | unitsInStock: must not be null
            POST | /products                   | {"sku":"X","name":"x","unitsInStock":-1}            | 400 | unitsInStock: must be greater than or equal to 0
            POST | /products                   | {"sku":"X","name":"x","unitPrice":-2,"unitsInStock":1}               | 400 | unitPrice: must be greater than or equal to 0
            POST | /products                   | {"sku":" ","name":"x","unitsInStock":1}                              | 400 | sku: must not be blank
            POST | /products                   | {"name":"x","unitsInStock":1}                                        | 400 | sku: must not be
            POST | /products                   | {"sku":"a\\u0000b","name":"x","unitsInStock":1}                      | 400 | sku: must not contain control characters
            POST | /products                   | {"sku":"half \\ud83d","name":"x","unitsInStock":1}                   | 400 | sku: must not contain control characters
            POST | /products                   | {"sku":"X","name":"half \\ud83d","unitsInStock":1}                   | 400 | name: must not contain control characters
            POST | /products                   | {"sku":"A/B","name":"x","unitsInStock":1}                            | 400 | sku: must not contain a slash
            POST | /products                   | {"sku":"A\\\\B","name":"x","unitsInStock":1}                         | 400 | sku: must not contain a slash
            POST | /products                   | {"sku":"..","name":"x","unitsInStock":1}                             | 400 | sku: must not contain a slash
            POST | /products                   | {"sku":5,"name":"x","unitsInStock":1}                                | 400 | field 'sku' has a value of another type
            POST | /products                   | {"sku":"X","name":"x","unitPrice":1E+2147483647,"unitsInStock":1}    | 400 | field 'unitPrice'
            POST | /products                   | {"sku":"X","name":"x","unitPrice":"2.5","unitsInStock":1}            | 400 | field 'unitPrice'
            GET  | /products/BAD-1/movements?page=%00%ff |                                                     | 400 | percent-encoded UTF-8
            POST | /products                   | {"sku":"BAD-1","name":"gadget","unitsInStock":1}                     | 409 | exists with another name or price
            PUT  | /products                   | {}                                                  | 405 | not supported
            GET  | /products/NONE              |                                                     | 404 | there is no product NONE
            GET  | /products/a%01b             |                                                     | 400 | sku: must not contain control characters
            GET  | /products/NONE/movements    |                                                     | 404 | there is no product NONE
            GET  | /products/BAD-1/movements?page=-1   |                                             | 400 | page: must be greater than or equal to 0
            GET  | /products/BAD-1/movements?size=many  |                                             | 400 | size
            GET  | /reservations/NONE          |                                                     | 404 | there is no reservation for order NONE
            GET  | /nowhere                    |                                                     | 404 | there is nothing at /nowhere
            POST | /products/NONE/restock      | {"units": 5}                                        | 404 | there is no product NONE
            POST | /products/BAD-1/restock     | {"units": 0}                                        | 400 | units: must be greater than 0
            POST | /products/BAD-1/restock     | {"units": -5}                                       | 400 | units: must be greater than 0
            POST | /products/BAD-1/restock     | {}                                                  | 400 | units: must not be null
            POST | /products/BAD-1/restock     | {"units": 1.5}                                      | 400 | field 'units'
            POST | /products/BAD-1/restock     | {"units": 1000000000}                               | 409 | can have 1000000000 at most
            """)
    void is_told(String method, String path, String body, int status, String detail) throws Exception {
        List<Long> before = rows();
        HttpResponse<String> answer = send(method, path, "application/json", "key-1", text(body == null ? "" : body));

        ProblemAnswer.check(answer, status, detail);
        assertThat(rows()).isEqualTo(before);
    }

    static Stream<Arguments> odd_requests() {
        String giant = "{\"sku\":\"BIG\",\"name\":\"" + "x".repeat(4_000_000) + "\"}";
        return Stream.of(
                Arguments.of("/products", "application/json", null, text(giant), 413, "a body may have 262144 bytes"),
                Arguments.of(
                        "/products", "application/json", null, chunked(giant), 413, "a body may have 262144 bytes"),
                Arguments.of("/products", "text/plain", null, text("hello"), 415, "text/plain"),
                Arguments.of(
                        "/products/BAD-1/restock",
                        "application/json",
                        null,
                        text("{\"units\":1}"),
                        400,
                        "Idempotency-Key"),
                Arguments.of(
                        "/products/BAD-1/restock",
                        "application/json",
                        "",
                        text("{\"units\":1}"),
                        400,
                        "key: must not be blank"),
                Arguments.of(
                        "/products/BAD-1/restock",
                        "application/json",
                        "k".repeat(201),
                        text("{\"units\":1}"),
                        400,
                        "key: size must be between 0 and 200"));
    }

    @ParameterizedTest(name = "{index}: {4} {5}")
    @MethodSource("odd_requests")
    void odd_ones_are_told_too(
            String path, String contentType, String key, BodyPublisher body, int status, String detail)
            throws Exception {
        List<Long> before = rows();
        ProblemAnswer.check(send("POST", path, contentType, key, body), status, detail);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void a_key_that_comes_again_gets_the_same_answer_or_is_refused() throws Exception {
        HttpResponse<String> first =
                send("POST", "/products/BAD-1/restock", "application/json", "again", text("{\"units\":3}"));
        List<Long> before = rows();
        HttpResponse<String> second =
                send("POST", "/products/BAD-1/restock", "application/json", "again", text("{\"units\":3}"));
        HttpResponse<String> other =
                send("POST", "/products/BAD-1/restock", "application/json", "again", text("{\"units\":4}"));

        assertThat(List.of(first.statusCode(), second.statusCode())).containsExactly(201, 200);
        assertThat(second.body()).isEqualTo(first.body());
        ProblemAnswer.check(other, 422, "took in 3 units before and comes with 4 now");
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void who_cannot_be_answered_has_changed_nothing() throws Exception {
        List<Long> before = rows();
        HttpRequest inXml = HttpRequest.newBuilder(URI.create(app.url() + "/products"))
                .header("Content-Type", "application/json")
                .header("Accept", "application/xml")
                .POST(text("{\"sku\":\"XML-1\",\"name\":\"x\",\"unitsInStock\":1}"))
                .build();

        ProblemAnswer.check(HTTP.send(inXml, BodyHandlers.ofString()), 406, "application/json");
        assertThat(rows()).isEqualTo(before);
    }

    private List<Long> rows() {
        JdbcTemplate jdbc = app.bean(JdbcTemplate.class);
        return Stream.of("product", "stock_movement", "reservation", "outbox_event")
                .map(table -> jdbc.queryForObject("select count(*) from " + table, Long.class))
                .toList();
    }

    private HttpResponse<String> send(String method, String path, String contentType, String key, BodyPublisher body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(app.url() + path))
                .method(method, body)
                .header("Content-Type", contentType);
        if (key != null) {
            request.header("Idempotency-Key", key);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static BodyPublisher text(String text) {
        return BodyPublishers.ofString(text);
    }

    /** Of unknown length. */
    private static BodyPublisher chunked(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes));
    }
}
