package io.milena.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.demo.TraceCollector.Span;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What journey and trace tell of one order, and whether that is the whole story of an order that was shipped. */
final class Story {

    private static final String CALLER = "00f067aa0ba902b7";
    private static final List<String> TYPES = List.of(
            "order.placed.v1",
            "stock.reserved.v1",
            "order.confirmed.v1",
            "shipment.prepared.v1",
            "order.shipped.v1",
            "shipment.dispatched.v1",
            "stock.shipped.v1");

    private final String orderId;
    private final Views views;
    private final TraceCollector traces;
    private final String traceId = UUID.randomUUID().toString().replace("-", "");

    Story(String orderId, Views views, TraceCollector traces) {
        this.orderId = orderId;
        this.views = views;
        this.traces = traces;
    }

    /** The header of the call that places it. */
    String traceParent() {
        return "00-" + traceId + "-" + CALLER + "-01";
    }

    JsonNode journey() {
        return views.journey(orderId);
    }

    List<Span> trace() {
        return traces.trace(traceId);
    }

    static String placeOf(JsonNode node) {
        return node.get("topic").stringValue() + "-" + node.get("partition").intValue() + "@"
                + node.get("offset").longValue();
    }

    /** Everything is told, by both, and they tell the same. */
    void isWhole() {
        JsonNode journey = journey();
        assertThat(journey.get("settled").booleanValue()).as(journey.toString()).isTrue();
        assertThat(journey.get("waitingFor").isEmpty()).isTrue();
        assertThat(journey.get("deadLetters").isEmpty()).isTrue();
        assertThat(journey.at("/knowledge/broker").stringValue()).isEqualTo("ANSWERS");
        assertThat(journey.at("/knowledge/journeyLag").longValue()).isZero();
        assertThat(journey.get("traceIds").valueStream().map(JsonNode::stringValue))
                .containsExactly(traceId);
        assertThat(journey.get("correlationIds").size()).isEqualTo(1);
        happeningsFollowOneAnother(journey);
        recordsFollowTheirCauses(journey);
        theTraceTellsTheSame(journey);
    }

    private static void happeningsFollowOneAnother(JsonNode journey) {
        List<JsonNode> happenings = journey.get("happenings").valueStream().toList();
        assertThat(happenings)
                .extracting(each -> each.get("what").stringValue())
                .containsExactly("PLACED", "CONFIRMED", "SHIPPED");
        assertThat(happenings)
                .extracting(each -> Instant.parse(each.get("at").stringValue()))
                .isSorted();
    }

    private static void recordsFollowTheirCauses(JsonNode journey) {
        List<JsonNode> records = journey.get("records").valueStream().toList();
        assertThat(records)
                .extracting(record -> record.get("type").stringValue())
                .containsExactlyInAnyOrderElementsOf(TYPES); // two may share a millisecond
        Map<String, Instant> recordedAt = records.stream()
                .collect(Collectors.toMap(
                        record -> record.get("eventId").stringValue(),
                        record -> Instant.parse(record.get("recordedAt").stringValue())));
        for (JsonNode record : records) {
            Instant at = recordedAt.get(record.get("eventId").stringValue());
            if (!record.get("causationId").isNull()) {
                assertThat(at)
                        .isAfterOrEqualTo(
                                recordedAt.get(record.get("causationId").stringValue()));
            }
            record.get("readers")
                    .forEach(reader ->
                            assertThat(reader.get("status").stringValue()).isIn("HANDLED", "PASSED"));
        }
        Map<String, JsonNode> byId =
                records.stream().collect(Collectors.toMap(r -> r.get("eventId").stringValue(), r -> r));
        assertThat(journey.get("outbox")).hasSize(3).allSatisfy(sent -> {
            assertThat(sent.get("status").stringValue()).isEqualTo("SENT");
            assertThat(placeOf(sent))
                    .isEqualTo(placeOf(byId.get(sent.get("eventId").stringValue())));
        });
    }

    /** Each record was sent once and processed by those whom it concerns, and every span but the caller's is the child of another. */
    private void theTraceTellsTheSame(JsonNode journey) {
        List<Span> trace = trace();
        assertThat(trace).extracting(Span::service).contains(Views.services().toArray(String[]::new));
        Map<String, Span> byId = trace.stream().collect(Collectors.toMap(Span::id, span -> span));
        assertThat(trace)
                .filteredOn(span -> !byId.containsKey(span.parent()))
                .singleElement()
                .satisfies(root -> {
                    assertThat(root.name()).isEqualTo("http post /orders");
                    assertThat(root.parent()).isEqualTo(CALLER);
                });
        for (JsonNode record : journey.get("records")) {
            List<Span> about = trace.stream()
                    .filter(span -> span.place().equals(placeOf(record)))
                    .toList();
            assertThat(about)
                    .filteredOn(span -> span.name().startsWith("send "))
                    .singleElement()
                    .satisfies(send -> assertThat(send.service())
                            .isEqualTo(record.get("source").stringValue()));
            Set<String> concerned = record.get("readers")
                    .valueStream()
                    .filter(reader -> reader.get("concerned").booleanValue())
                    .map(reader -> reader.get("group").stringValue())
                    .collect(Collectors.toSet());
            assertThat(about.stream()
                            .filter(span -> span.name().startsWith("process "))
                            .map(Span::service)
                            .collect(Collectors.toSet())) // a lost commit brings a record twice, and both are told
                    .isEqualTo(concerned);
            assertThat(about).noneMatch(Span::failed);
        }
    }
}
