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
        assertThat(answersOwed()).containsExactly(Readers.INVENTORY, Readers.SHIPPING);
        read(new Place("shipping", 2, 9), "d", "shipment.dispatched.v1", Readers.SHIPPING, "e-shipped");
        assertThat(answersOwed()).containsExactly(Readers.INVENTORY); // its stock may be parked there
        assertThat(tell().settled()).isFalse();
        read(new Place("inventory", 1, 8), "s", "stock.shipped.v1", Readers.INVENTORY, "e-shipped");
        assertThat(tell().settled()).isTrue();
        assertThat(tell().reservation().status()).isEqualTo("SHIPPED");
    }

    @Test
    void a_parcel_that_left_by_hand_is_an_answer_though_no_event_made_it_leave() {
        state = "SHIPPED";
        terminal = true;
        read(new Place("orders", 1, 44), "e-shipped", "order.shipped.v1", Readers.ORDERS, "p");
        read(new Place("inventory", 1, 8), "s", "stock.shipped.v1", Readers.INVENTORY, "e-shipped");
        read(new Place("shipping", 2, 9), "d", "shipment.dispatched.v1", Readers.SHIPPING, null);
        broker = broker(45, 45, 1);

        assertThat(tell().settled()).isTrue();
    }

    @Test
    void a_cancelled_order_is_settled_when_its_stock_is_back_and_its_shipment_void() {
        cancelled("CONFIRMED");

        assertThat(answersOwed()).containsExactly(Readers.INVENTORY, Readers.SHIPPING);
        read(new Place("inventory", 1, 8), "r", "stock.released.v1", Readers.INVENTORY, "e-cancelled");
        assertThat(answersOwed()).containsExactly(Readers.SHIPPING);
        read(new Place("shipping", 1, 8), "v", "shipment.voided.v1", Readers.SHIPPING, "e-cancelled");
        assertThat(tell().settled()).isTrue();
        assertThat(tell().reservation().status()).isEqualTo("RELEASED");
        assertThat(tell().shipment().status()).isEqualTo("VOIDED");
    }

    @Test
    void nobody_owes_a_word_about_what_it_never_had() {
        cancelled("PLACED");
        read(new Place("inventory", 1, 8), "r", "stock.rejected.v1", Readers.INVENTORY, "e-placed");

        assertThat(tell().settled()).isTrue();
    }

    @Test
    void of_records_from_before_the_others_told_of_it_the_journey_does_not_say_more_than_it_knows() {
        cancelled("CONFIRMED");
        broker = broker(100, 100, 1);

        Journey journey = tell();
        assertThat(journey.settled()).isFalse();
        assertThat(journey.waitingFor())
                .extracting(Wait::text)
                .allMatch(text -> text.endsWith("or a release that does not tell has handled it"));
    }

    @Test
    void a_dead_letter_of_a_cancellation_is_redriven_when_the_stock_is_back() {
        cancelled("PLACED");
        steps.add(step(
                new Place("orders-dlt", 0, 0),
                true,
                "e-cancelled",
                "order.cancelled.v1",
                Readers.ORDERS,
                null,
                5,
                new Step.DeadLetter(Readers.INVENTORY, "no such table", new Place("orders", 1, 44))));

        assertThat(only(tell().waitingFor()).kind()).isEqualTo("DEAD_LETTER");
        steps.add(step(
                new Place("inventory", 1, 8),
                true,
                "r",
                "stock.released.v1",
                Readers.INVENTORY,
                "e-cancelled",
                2,
                null));
        assertThat(tell().deadLetters().get(0).status()).isEqualTo("REDRIVEN");
        assertThat(only(tell().retries()).attempts()).isEqualTo(2);
        assertThat(tell().settled()).isTrue();
    }

    private void cancelled(String before) {
        state = "CANCELLED";
        terminal = true;
        happenings.add(happening(2, before, "e-2", "r"));
        happenings.add(happening(3, "CANCELLED", "e-cancelled", null));
        read(new Place("orders", 1, 44), "e-cancelled", "order.cancelled.v1", Readers.ORDERS, null);
        broker = broker(45, 45, 1);
    }

    private List<String> answersOwed() {
        return tell().waitingFor().stream()
                .filter(wait -> wait.kind().equals("ANSWER"))
                .map(Wait::on)
                .toList();
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

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.get(0);
    }
}
