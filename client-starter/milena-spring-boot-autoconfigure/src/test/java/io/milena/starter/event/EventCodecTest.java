package io.milena.starter.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EventCodecTest {

    @EventType("thing.made.v1")
    record ThingMade(String id, int weight) {}

    @EventType("thing.made.v1")
    record ThingMadeElsewhere(String id) {}

    private final EventCodec codec =
            new EventCodec(EventTypes.of(ThingMade.class), JsonMapper.builder().build());

    @Test
    void an_event_travels_under_its_logical_name_and_comes_back_equal() {
        EventInfo info = new EventInfo(
                "e1", "thing.made.v1", "here", Instant.parse("2026-01-02T03:04:05.000006Z"), "k", "talk-1", "e0");
        ProducerRecord<String, byte[]> sent =
                codec.record("things", "k", info, Map.of("traceparent", "00-…"), codec.write(new ThingMade("t1", 7)));

        assertThat(sent.headers())
                .extracting("key")
                .contains("ce_id", "ce_type", "ce_source", "ce_specversion", "ce_time", "content-type")
                .contains("ce_correlationid", "ce_causationid", "traceparent");
        assertThat(new String(sent.value(), StandardCharsets.UTF_8)).doesNotContain("io.milena");
        ConsumerRecord<String, byte[]> got = received(sent);
        assertThat(codec.info(got)).isEqualTo(info);
        assertThat(codec.read(info, got.value())).isEqualTo(new ThingMade("t1", 7));
    }

    @Test
    void a_reader_with_fewer_fields_understands_the_event() {
        EventCodec elsewhere = new EventCodec(
                EventTypes.of(ThingMadeElsewhere.class), JsonMapper.builder().build());
        EventInfo info = new EventInfo("e1", "thing.made.v1", "here", null, "k");

        assertThat(elsewhere.read(info, "{\"id\":\"t1\",\"weight\":7}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new ThingMadeElsewhere("t1"));
    }

    @Test
    void what_cannot_be_read_says_why() {
        EventInfo info = new EventInfo("e1", "thing.made.v1", "here", null, "k");
        assertThatThrownBy(() -> codec.read(info, "{nonsense".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(UnreadableEventException.class)
                .hasMessageContaining("e1")
                .hasMessageContaining("thing.made.v1");
        assertThatThrownBy(() -> codec.read(new EventInfo("e2", "other.v1", "here", null, "k"), new byte[0]))
                .hasMessageContaining("'other.v1' is unknown here");
        assertThatThrownBy(() -> codec.info(new ConsumerRecord<>("things", 1, 42, "k", new byte[0])))
                .hasMessageContaining("things-1@42 has no ce_id");
    }

    @Test
    void a_name_for_two_classes_is_refused() {
        assertThatThrownBy(() -> EventTypes.of(ThingMade.class, ThingMadeElsewhere.class))
                .hasMessageContaining("thing.made.v1");
        assertThatThrownBy(() -> EventTypes.of(String.class)).hasMessageContaining("@EventType");
    }

    private static ConsumerRecord<String, byte[]> received(ProducerRecord<String, byte[]> sent) {
        ConsumerRecord<String, byte[]> got = new ConsumerRecord<>(sent.topic(), 0, 0, sent.key(), sent.value());
        sent.headers().forEach(header -> got.headers().add(header));
        return got;
    }
}
