package io.milena.starter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventIdentityTest {

    private static final Instant SENT = Instant.parse("2026-11-21T10:00:00Z");
    private static final String UUID = "6f9619ff-8b86-d011-b42d-00cf4fc964ff";

    @Test
    void a_uuid_is_an_identity_whoever_the_source_is() {
        assertThat(EventIdentity.of(record(UUID, "shop"))).isEqualTo(new EventIdentity(UUID, null));
        assertThat(EventIdentity.of(record(UUID, null)).key()).isEqualTo(UUID);
    }

    @Test
    void any_other_id_is_one_of_its_source_and_may_have_been_remembered_alone() {
        assertThat(EventIdentity.of(record("1", "shop")))
                .isEqualTo(new EventIdentity("shop 1", new EventIdentity.Former("1", SENT.minus(Duration.ofHours(1)))));
        assertThat(EventIdentity.key("1", "shop")).isEqualTo("shop 1");
        assertThat(EventIdentity.of(record("1", null))).isEqualTo(new EventIdentity("1", null));
        String almost = UUID.replace("-8b86-", "-8bx6-");
        assertThat(EventIdentity.of(record(almost, "shop")).key()).isEqualTo("shop " + almost);
    }

    @Test
    void the_same_position_at_another_time_is_of_another_cluster() {
        EventIdentity before = EventIdentity.of(record(null, null));
        assertThat(before.key()).isEqualTo("topic-2@7 of " + SENT.toEpochMilli());
        assertThat(before.former()).extracting(EventIdentity.Former::key).isEqualTo("topic-2@7");
    }

    @Test
    void what_is_too_long_or_no_text_for_a_database_is_hashed() {
        String id = "x".repeat(256);
        assertThat(EventIdentity.of(record(id, "shop")).key())
                .startsWith("sha256:")
                .hasSize(71);
        assertThat(EventIdentity.of(record(id, "shop")).former()).isNull();
        assertThat(EventIdentity.of(record(id, "shop"))).isNotEqualTo(EventIdentity.of(record(id, "branch")));
        assertThat(EventIdentity.of(record("a\0b", null)).key()).startsWith("sha256:");
        String long255 = "y".repeat(255);
        assertThat(EventIdentity.of(record(long255, null)).key()).isEqualTo(long255);
    }

    private static ConsumerRecord<String, byte[]> record(@Nullable String id, @Nullable String source) {
        RecordHeaders headers = new RecordHeaders();
        if (id != null) {
            headers.add(EventHeaders.ID, id.getBytes(StandardCharsets.UTF_8));
        }
        if (source != null) {
            headers.add(EventHeaders.SOURCE, source.getBytes(StandardCharsets.UTF_8));
        }
        return new ConsumerRecord<>(
                "topic",
                2,
                7,
                SENT.toEpochMilli(),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                "key",
                null,
                headers,
                Optional.empty());
    }
}
