package io.milena.orders.journey.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.orders.journey.story.Journey.Reading;
import io.milena.orders.journey.story.Journey.Status;
import io.milena.orders.journey.story.Journey.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the journey says, fact by fact. */
class TellerTest {

    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");
    private static final Place PLACED_AT = new Place("orders", 1, 42);

    private final List<Happening> happenings = new ArrayList<>(List.of(happening(1, "PLACED", "e-placed", null)));
    private final List<OwnEvent> own = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final List<Retry> retries = new ArrayList<>();
    private Broker broker = broker(0, 0, 0);
    private String state = "PLACED";
    private boolean terminal;

    @Test
    void an_event_in_the_outbox_is_waited_for_and_where_it_stands_is_told() {
        own.add(new OwnEvent("e-placed", "order.placed.v1", "orders", NOW, 7, null, null));

        Journey journey = tell();
        assertThat(journey.outbox().get(0).status()).isEqualTo("WAITING");
        assertThat(only(journey.waitingFor()).kind()).isEqualTo("OUTBOX");
        assertThat(only(journey.waitingFor()).text())
                .isEqualTo("order.placed.v1 waits in the outbox; 7 events are before it");
        assertThat(journey.settled()).isFalse();
    }

    @Test
    void a_group_that_has_not_come_so_far_is_named_with_its_lag_and_whether_anybody_works() {
        read(PLACED_AT, "e-placed", "order.placed.v1", Readers.ORDERS, null);
        broker = broker(40, 50, 0);

        Wait wait = only(tell().waitingFor());
        assertThat(wait.on()).isEqualTo(Readers.INVENTORY);
        assertThat(wait.offset()).isEqualTo(42);
        assertThat(wait.lag()).isEqualTo(10);
        assertThat(wait.running()).isFalse();
        assertThat(wait.text())
                .isEqualTo("inventory-service has not handled order.placed.v1 at orders-1@42, 10 records behind in that"
                        + " partition; nobody works in that group");
    }

    @Test
    void what_was_sent_but_not_read_by_the_journey_is_waited_for_all_the_same() {
        own.add(new OwnEvent("e-placed", "order.placed.v1", "orders", NOW, 0, PLACED_AT, NOW));
        broker = broker(42, 43, 1);

        Wait wait = only(tell().waitingFor());
        assertThat(wait.kind()).isEqualTo("GROUP");
        assertThat(wait.running()).isTrue();
        assertThat(tell().outbox().get(0).offset()).isEqualTo(42);
    }

    @Test
    void a_group_that_has_passed_without_a_word_owes_an_answer() {
        read(PLACED_AT, "e-placed", "order.placed.v1", Readers.ORDERS, null);
        broker = broker(43, 50, 1);

        assertThat(only(tell().waitingFor()).kind()).isEqualTo("ANSWER");
        assertThat(reading(tell(), Readers.INVENTORY).status()).isEqualTo(Status.PASSED);
    }

    @Test
    void a_broker_that_is_silent_leaves_unknown_what_has_no_proof() {
        read(PLACED_AT, "e-placed", "order.placed.v1", Readers.ORDERS, null);
        read(new Place("inventory", 0, 3), "e-reserved", "stock.reserved.v1", Readers.INVENTORY, "e-placed");
        broker = Broker.silent(NOW, "no answer");

        Journey journey = tell();
        assertThat(reading(journey, Readers.INVENTORY).status()).isEqualTo(Status.HANDLED);
        assertThat(reading(journey, Readers.SHIPPING).status()).isEqualTo(Status.UNKNOWN);
        assertThat(only(journey.waitingFor()).text())
                .isEqualTo(
                        "it is not known whether order-service has handled stock.reserved.v1 at inventory-0@3: the broker does"
                                + " not say");
        assertThat(journey.knowledge().broker()).isEqualTo("SILENT");
        assertThat(journey.knowledge().journeyLag()).isNull();
    }

    @Test
    void offsets_of_another_cluster_prove_nothing_and_nobody_is_waited_for_there() {
        steps.add(step(PLACED_AT, false, "e-placed", "order.placed.v1", Readers.ORDERS, null, 1, null));
        broker = broker(100, 100, 1);

        assertThat(reading(tell(), Readers.INVENTORY).status()).isEqualTo(Status.UNKNOWN);
        assertThat(tell().waitingFor()).isEmpty();
    }

    @Test
    void reservation_and_shipment_are_what_their_services_said_last() {
        read(new Place("inventory", 0, 3), "r", "stock.reserved.v1", Readers.INVENTORY, "e-placed");
        read(new Place("shipping", 2, 1), "p", "shipment.prepared.v1", Readers.SHIPPING, "e-confirmed");
        read(new Place("shipping", 2, 9), "d", "shipment.dispatched.v1", Readers.SHIPPING, "e-shipped");

        assertThat(tell().reservation()).isNotNull();
        assertThat(tell().reservation().status()).isEqualTo("RESERVED");
        assertThat(tell().shipment().status()).isEqualTo("DISPATCHED");
        assertThat(tell().shipment().offset()).isEqualTo(9);
    }

    @Test
    void a_dead_letter_is_waited_for_until_an_effect_of_its_event_is_seen() {
        read(PLACED_AT, "e-placed", "order.placed.v1", Readers.ORDERS, null);
        steps.add(step(
                new Place("orders-dlt", 0, 0),
                true,
                "e-placed",
                "order.placed.v1",
                Readers.ORDERS,
                null,
                5,
                new Step.DeadLetter(Readers.INVENTORY, "no such table", PLACED_AT)));
        broker = broker(43, 43, 1);

        assertThat(only(tell().waitingFor()).kind()).isEqualTo("DEAD_LETTER");
        assertThat(tell().deadLetters().get(0).reason()).isEqualTo("no such table");
        assertThat(tell().deadLetters().get(0).attempts()).isEqualTo(5);
        read(new Place("inventory", 0, 3), "r", "stock.reserved.v1", Readers.INVENTORY, "e-placed");
        assertThat(tell().deadLetters().get(0).status()).isEqualTo("REDRIVEN");
        assertThat(tell().waitingFor()).extracting(Wait::kind).doesNotContain("DEAD_LETTER");
    }

    @Test
    void attempts_of_others_are_told_when_they_are_over_and_our_own_while_they_last() {
        steps.add(step(
                new Place("inventory", 0, 3), true, "r", "stock.reserved.v1", Readers.INVENTORY, "e-placed", 3, null));
        retries.add(new Retry(Readers.ORDERS, "r", new Place("inventory", 0, 3), 2, "locked", NOW));

        assertThat(tell().retries()).hasSize(2);
        assertThat(tell().retries().get(0).over()).isTrue();
        assertThat(tell().retries().get(0).attempts()).isEqualTo(3);
        assertThat(tell().retries().get(1).nextAt()).isEqualTo(NOW);
        assertThat(only(tell().waitingFor()).kind()).isEqualTo("RETRY");
    }

    @Test
    void an_order_at_its_end_is_settled_when_all_who_act_on_it_have() {
        state = "SHIPPED";
        terminal = true;
        read(new Place("orders", 1, 44), "e-shipped", "order.shipped.v1", Readers.ORDERS, "p");
        broker = broker(44, 45, 1);
        assertThat(tell().settled()).isFalse();

        broker = broker(45, 45, 1);
        assertThat(only(tell().waitingFor()).kind()).isEqualTo("ANSWER"); // dispatched has not been told
        read(new Place("shipping", 2, 9), "d", "shipment.dispatched.v1", Readers.SHIPPING, "e-shipped");
        assertThat(tell().settled()).isTrue();
    }

    private Journey tell() {
        return Teller.tell(new Facts("o", state, terminal, happenings, own, steps, retries, Set.of(), broker));
    }

    private void read(Place place, String id, String type, String source, @Nullable String cause) {
        steps.add(step(place, true, id, type, source, cause, 1, null));
    }

    private static Step step(
            Place place,
            boolean here,
            String id,
            String type,
            String source,
            @Nullable String cause,
            int attempts,
            Step.@Nullable DeadLetter letter) {
        return new Step(place, here, NOW, id, type, source, "c", cause, "t", attempts, Map.of(), letter);
    }

    private static Happening happening(long version, String what, String eventId, @Nullable String cause) {
        return new Happening(version, what, null, NOW, eventId, "c", cause, "t", null, null, null);
    }

    /** Every group stands there in every partition. */
    private static Broker broker(long committed, long end, int members) {
        Map<Place.Lane, Long> everywhere = new HashMap<>();
        for (String topic : Readers.topics()) {
            for (int partition = 0; partition < 3; partition++) {
                everywhere.put(new Place.Lane(topic, partition), committed);
            }
        }
        Map<Place.Lane, Long> ends = new HashMap<>();
        everywhere.keySet().forEach(lane -> ends.put(lane, end));
        Map<String, Broker.Group> groups = new HashMap<>();
        Readers.all().forEach(group -> groups.put(group, new Broker.Group(members, everywhere)));
        return new Broker(NOW, "cluster", null, ends, groups);
    }

    private static Reading reading(Journey journey, String group) {
        return journey.records().stream()
                .filter(record -> record.eventId().equals("e-placed"))
                .flatMap(record -> record.readers().stream())
                .filter(reading -> reading.group().equals(group))
                .findFirst()
                .orElseThrow();
    }

    private static Wait only(List<Wait> waits) {
        assertThat(waits).hasSize(1);
        return waits.get(0);
    }
}
