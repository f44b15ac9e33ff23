package io.milena.shipping.shipment;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.shipping.ShippingApp;
import io.milena.shipping.contract.OrderConfirmed;
import io.milena.starter.testing.ProblemAnswer;
import io.milena.starter.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whatever is wrong with a request is told as a problem document and leaves no trace. */
@ParameterizedClass
@EnumSource
class BadInputTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ShippingApp app;

    BadInputTest(TestDatabase.Kind kind) {
        app = ShippingApp.on(kind);
    }

    @BeforeEach
    void one_shipment_is_prepared_and_one_is_void() {
        Dock dock = app.bean(Dock.class);
        for (String orderId : List.of("bad-1", "bad-2")) {
            dock.prepare(new OrderConfirmed(orderId, List.of(new OrderConfirmed.Line("A", 1)), null));
        }
        dock.makeVoid("bad-2", true);
    }

    @ParameterizedTest(name = "{0} {1} -> {2} {3}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            GET  | /shipments/NONE               | 404 | there is no shipment for order NONE
            GET  | /shipments/a%01b              | 400 | orderId: must not contain control characters
            GET  | /shipments?state=LOST         | 400 | state
            GET  | /shipments?page=-1            | 400 | page: must be greater than or equal to 0
            GET  | /shipments?size=5000          | 400 | size: must be less than or equal to 1000
            GET  | /nowhere                      | 404 | there is nothing at /nowhere
            GET  | /tracking/MG123               | 400 | 'MG123' is no tracking number
            GET  | /tracking/MG000000000000000000| 400 | is no tracking number
            GET  | /tracking/MG000000000000000195| 404 | there is no shipment with tracking number MG000000000000000195
            POST | /shipments                    | 405 | not supported
            POST | /shipments/NONE/dispatch      | 404 | there is no shipment for order NONE
            POST | /shipments/NONE/deliver       | 404 | there is no shipment for order NONE
            POST | /shipments/bad-1/dispatch     | 409 | is PREPARED and cannot become DISPATCHED: the order service has not said
            POST | /shipments/bad-1/deliver      | 409 | is PREPARED and cannot become DELIVERED
            POST | /shipments/bad-2/dispatch     | 409 | is VOIDED and cannot become DISPATCHED
            POST | /shipments/bad-2/deliver      | 409 | is VOIDED and cannot become DELIVERED
            """)
    void is_told(String method, String path, int status, String detail) throws Exception {
        List<Object> before = rows();
        ProblemAnswer.check(send(method, path, BodyPublishers.noBody()), status, detail);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void a_giant_body_is_refused_also_where_none_is_wanted() throws Exception {
        List<Object> before = rows();
        ProblemAnswer.check(
                send("POST", "/shipments/bad-1/dispatch", BodyPublishers.ofString("x".repeat(4_000_000))),
                413,
                "a body may have 262144 bytes");
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void moves_over_http_answer_with_the_shipment() throws Exception {
        Dock dock = app.bean(Dock.class);
        dock.prepare(new OrderConfirmed("good-1", List.of(new OrderConfirmed.Line("A", 1)), null));
        dock.clear("good-1");

        JsonNode shipment = JSON.readTree(send("POST", "/shipments/good-1/deliver", BodyPublishers.noBody())
                .body());
        assertThat(shipment.get("state").stringValue()).isEqualTo("DELIVERED");
        String number = shipment.get("label").get("trackingNumber").stringValue();
        JsonNode tracked = JSON.readTree(
                send("GET", "/tracking/" + number, BodyPublishers.noBody()).body());
        assertThat(tracked).isEqualTo(shipment);
    }

    @Test
    void who_cannot_be_answered_has_changed_nothing() throws Exception {
        Dock dock = app.bean(Dock.class);
        dock.prepare(new OrderConfirmed("xml-1", List.of(new OrderConfirmed.Line("A", 1)), null));
        dock.clear("xml-1");
        List<Object> before = rows();
        HttpRequest inXml = HttpRequest.newBuilder(URI.create(app.url() + "/shipments/xml-1/deliver"))
                .header("Accept", "application/xml")
                .POST(BodyPublishers.noBody())
                .build();

        ProblemAnswer.check(HTTP.send(inXml, BodyHandlers.ofString()), 406, "application/json");
        assertThat(rows()).isEqualTo(before);
    }

    private List<Object> rows() {
        JdbcTemplate jdbc = app.bean(JdbcTemplate.class);
        return List.of(
                jdbc.queryForList("select order_id, state, updated_at from shipment order by order_id"),
                jdbc.queryForObject("select count(*) from outbox_event", Long.class));
    }

    private HttpResponse<String> send(String method, String path, BodyPublisher body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(app.url() + path))
                .method(method, body)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }
}
