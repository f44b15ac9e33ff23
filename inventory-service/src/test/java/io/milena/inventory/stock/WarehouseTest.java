package io.milena.inventory.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.inventory.InventoryApp;
import io.milena.inventory.contract.OrderPlaced;
import io.milena.inventory.ledger.StockLevel;
import io.milena.starter.event.EventContext;
import io.milena.starter.testing.TestDatabase;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Stock under repetition, reordering and concurrency, in the real databases, without a broker. */
@ParameterizedClass
@EnumSource
class WarehouseTest {

    private final InventoryApp app;
    private final Warehouse warehouse;
    private final Assortment assortment;
    private final StockRepository stock;
    private final ReservationRepository reservations;
    private final JdbcTemplate jdbc;

    WarehouseTest(TestDatabase.Kind kind) {
        app = InventoryApp.on(kind);
        warehouse = app.bean(Warehouse.class);
        assortment = app.bean(Assortment.class);
        stock = app.bean(StockRepository.class);
        reservations = app.bean(ReservationRepository.class);
        jdbc = app.bean(JdbcTemplate.class);
    }

    @Test
    void concurrent_orders_at_two_instances_never_get_more_than_there_is() throws Exception {
        sell("hot-1", 50);
        sell("hot-2", 60);
        Warehouse other = app.beanOfSecondInstance(Warehouse.class);
        inParallel(
                60,
                n -> (n % 3 == 0 ? other : warehouse)
                        .reserve(
                                n % 2 == 0
                                        ? order("c-" + n, "hot-1", 2, "hot-2", 1)
                                        : order("c-" + n, "hot-2", 1, "hot-1", 2)));

        assertThat(level("hot-1")).isEqualTo(new StockLevel("hot-1", 50, 50));
        assertThat(level("hot-2")).isEqualTo(new StockLevel("hot-2", 60, 25));
        assertThat(answers("c-%")).hasSize(60);
        assertThat(answers("c-%")).filteredOn("stock.reserved.v1"::equals).hasSize(25);
        assertMovementsAddUp();
    }

    @Test
    void orders_that_meet_at_many_products_wait_for_each_other_in_one_order() throws Exception {
        Warehouse other = app.beanOfSecondInstance(Warehouse.class);
        for (int i = 0; i < 5; i++) {
            sell("ring-" + i, 1_000);
        }
        inParallel(80, n -> {
            Warehouse instance = n % 2 == 0 ? warehouse : other;
            String id = "ring-order-" + n;
            instance.reserve(order(id, "ring-" + n % 5, 1, "ring-" + (n + 2) % 5, 2, "ring-" + (n + 1) % 5, 3));
            if (n % 4 == 0) {
                instance.ship(id);
            } else if (n % 4 == 1) {
                instance.release(id);
            }
        });

        int onHand = 0;
        int reserved = 0;
        for (int i = 0; i < 5; i++) {
            onHand += level("ring-" + i).onHand();
            reserved += level("ring-" + i).reserved();
        }
        assertThat(onHand).isEqualTo(5_000 - 20 * 6);
        assertThat(reserved).isEqualTo(40 * 6);
        assertMovementsAddUp();
    }

    @Test
    void repetition_changes_nothing() {
        sell("rep", 10);
        for (int i = 0; i < 3; i++) {
            warehouse.reserve(order("rep-1", "rep", 4));
        }
        assertThat(level("rep")).isEqualTo(new StockLevel("rep", 10, 4));
        assertThat(answers("rep-1")).containsExactly("stock.reserved.v1");
        for (int i = 0; i < 3; i++) {
            warehouse.ship("rep-1");
        }
        warehouse.release("rep-1");
        assertThat(level("rep")).isEqualTo(new StockLevel("rep", 6, 0));
        assertThat(answers("rep-1")).containsExactly("stock.reserved.v1", "stock.shipped.v1");
    }

    @Test
    void a_cancelled_order_gives_back_what_it_had() {
        sell("can", 10);
        warehouse.reserve(order("can-1", "can", 4));
        warehouse.release("can-1");
        warehouse.release("can-1");
        assertThat(level("can")).isEqualTo(new StockLevel("can", 10, 0));
        assertThat(answers("can-1")).containsExactly("stock.reserved.v1", "stock.released.v1");
        assertThat(reservations.ofOrder("can-1"))
                .get()
                .extracting(Reservation::state)
                .isEqualTo(ReservationState.RELEASED);
    }

    @Test
    void an_order_cancelled_before_it_was_seen_reserves_nothing() {
        sell("early", 10);
        warehouse.release("early-1");
        warehouse.reserve(order("early-1", "early", 4));
        assertThat(level("early")).isEqualTo(new StockLevel("early", 10, 0));
        assertThat(answers("early-1")).containsExactly("stock.released.v1");
    }

    @Test
    void lines_of_the_same_product_count_together() {
        sell("sum", 10);
        warehouse.reserve(order("sum-1", "sum", 6, "sum", 6));
        assertThat(reservations.ofOrder("sum-1"))
                .get()
                .extracting(Reservation::reason)
                .isEqualTo("not enough stock of sum: 12 wanted, 10 available");
        warehouse.release("sum-1");
        assertThat(answers("sum-1")).containsExactly("stock.rejected.v1");
    }

    @Test
    void an_expired_reservation_is_announced_once_by_all_instances_together_and_stays_until_the_order_is_cancelled()
            throws Exception {
        sell("exp", 100);
        for (int n = 0; n < 40; n++) {
            warehouse.reserve(order("exp-" + n, "exp", 1));
        }
        warehouse.ship("exp-0");
        warehouse.release("exp-1");
        assertThat(warehouse.announceExpired(100)).isZero();
        jdbc.update(
                "update reservation set expires_at = ? where order_id like 'exp-%' and expires_at is not null",
                OffsetDateTime.now().minusHours(1));

        Warehouse other = app.beanOfSecondInstance(Warehouse.class);
        inParallel(20, n -> (n % 2 == 0 ? warehouse : other).announceExpired(5));
        while (warehouse.announceExpired(5)
                > 0) {} // what H2 left out: it counts to five before it skips what is locked

        assertThat(jdbc.queryForList(
                        "select record_key from outbox_event where event_type = 'reservation.expired.v1' and record_key"
                                + " like 'exp-%'",
                        String.class))
                .hasSize(38)
                .doesNotHaveDuplicates()
                .doesNotContain("exp-0", "exp-1");
        assertThat(level("exp")).isEqualTo(new StockLevel("exp", 99, 38));

        warehouse.release("exp-2");
        warehouse.ship("exp-3");
        assertThat(level("exp")).isEqualTo(new StockLevel("exp", 98, 36));
        assertThat(reservations.ofOrder("exp-2")).get().satisfies(reservation -> {
            assertThat(reservation.expiresAt()).isNull();
            assertThat(reservation.expiredAt()).isNotNull();
        });
    }

    @Test
    void an_expired_reservation_speaks_in_the_conversation_of_its_order() {
        sell("conv", 5);
        try (EventContext.Scope request = new EventContext("conversation-1", "event-1", 1, Map.of()).open()) {
            warehouse.reserve(order("conv-1", "conv", 1));
        }
        jdbc.update(
                "update reservation set expires_at = ? where order_id = 'conv-1'",
                OffsetDateTime.now().minusHours(1));
        warehouse.announceExpired(100);

        assertThat(jdbc.queryForObject(
                        "select headers from outbox_event where record_key = 'conv-1' and event_type ="
                                + " 'reservation.expired.v1'",
                        String.class))
                .contains("conversation-1")
                .doesNotContain("event-1");
        assertThat(EventContext.current()).isNull();
    }

    @Test
    void whatever_happens_in_whatever_order_conserves_the_units() {
        for (long seed = 1; seed <= 3; seed++) {
            Random random = new Random(seed);
            Map<String, Integer> expectedOnHand = new HashMap<>();
            for (int i = 0; i < 4; i++) {
                sell("p" + seed + "-" + i, 30);
                expectedOnHand.put("p" + seed + "-" + i, 30);
            }
            for (int step = 0; step < 120; step++) {
                anything(random, seed, expectedOnHand);
            }
            expectedOnHand.forEach(
                    (sku, units) -> assertThat(level(sku).onHand()).isEqualTo(units));
        }
        assertMovementsAddUp();
        assertThat(jdbc.queryForList(
                        "select p.sku from product p where p.reserved <> (select coalesce(sum(l.quantity), 0)"
                                + " from reservation_line l join reservation r on r.order_id = l.order_id"
                                + " where r.state = 'RESERVED' and l.sku = p.sku)",
                        String.class))
                .isEmpty();
    }

    private void anything(Random random, long seed, Map<String, Integer> expectedOnHand) {
        String orderId = "s" + seed + "-" + random.nextInt(25);
        String sku = "p" + seed + "-" + random.nextInt(4);
        switch (random.nextInt(5)) {
            case 0, 1 ->
                warehouse.reserve(order(
                        orderId,
                        sku,
                        1 + random.nextInt(9),
                        "p" + seed + "-" + random.nextInt(4),
                        1 + random.nextInt(9)));
            case 2 -> warehouse.release(orderId);
            case 3 -> {
                Reservation before = reservations.ofOrder(orderId).orElse(null);
                if (before != null) {
                    warehouse.ship(orderId);
                    if (before.state() == ReservationState.RESERVED) {
                        before.units()
                                .forEach((of, units) -> expectedOnHand.merge(of, -units.intValue(), Integer::sum));
                    }
                }
            }
            default -> {
                int key = random.nextInt(10);
                if (assortment.restock(sku, key + 1, "truck-" + key).isNew()) {
                    expectedOnHand.merge(sku, key + 1, Integer::sum);
                }
            }
        }
    }

    @Test
    void units_come_in_once_per_key_also_at_two_instances_at_once() throws Exception {
        sell("more", 5);
        warehouse.reserve(order("more-1", "more", 8));
        Assortment other = app.beanOfSecondInstance(Assortment.class);
        inParallel(12, n -> (n % 2 == 0 ? assortment : other).restock("more", 10, "truck-1"));
        warehouse.reserve(order("more-2", "more", 8));

        assertThat(level("more")).isEqualTo(new StockLevel("more", 15, 8));
        assertThat(reservations.ofOrder("more-1").orElseThrow().state()).isEqualTo(ReservationState.REJECTED);
        assertThatThrownBy(() -> assortment.restock("more", 11, "truck-1")).isInstanceOf(KeyReusedException.class);
        assertThatThrownBy(() -> assortment.restock("more", StockLevel.MOST, "truck-2"))
                .isInstanceOf(ConflictException.class);
        assertThat(stock.movements("more", 0, 10))
                .extracting(MovementView::kind)
                .extracting(Enum::name)
                .containsExactly("RESERVED", "RESTOCKED", "OPENED");
    }

    @Test
    void a_product_number_belongs_to_one_product() {
        assertThat(sell("own", 10)).isTrue();
        assertThat(sell("own", 99)).isFalse();
        assertThat(level("own").onHand()).isEqualTo(10);
        assertThatThrownBy(() -> assortment.add(new Product("own", "other name", null, 10)))
                .isInstanceOf(ConflictException.class);
    }

    private void assertMovementsAddUp() {
        assertThat(jdbc.queryForList(
                        "select p.sku from product p where p.on_hand <> (select sum(m.on_hand_change) from stock_movement"
                                + " m where m.sku = p.sku) or p.reserved <> (select sum(m.reserved_change) from"
                                + " stock_movement m where m.sku = p.sku)",
                        String.class))
                .isEmpty();
    }

    private interface Task {
        void run(int n);
    }

    private static void inParallel(int times, Task task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            int n = i;
            running.add(threads.submit(() -> task.run(n)));
        }
        for (Future<?> one : running) {
            one.get();
        }
        threads.shutdown();
    }

    private boolean sell(String sku, int units) {
        return assortment.add(new Product(sku, "product " + sku, new BigDecimal("1.50"), units));
    }

    private StockLevel level(String sku) {
        ProductView view = stock.product(sku).orElseThrow();
        return new StockLevel(sku, view.unitsInStock(), view.reserved());
    }

    private static OrderPlaced order(String id, Object... skusAndQuantities) {
        List<OrderPlaced.Line> lines = new ArrayList<>();
        for (int i = 0; i < skusAndQuantities.length; i += 2) {
            lines.add(new OrderPlaced.Line((String) skusAndQuantities[i], (int) skusAndQuantities[i + 1]));
        }
        return new OrderPlaced(id, lines);
    }

    private List<String> answers(String orderId) {
        return jdbc.queryForList(
                "select event_type from outbox_event where record_key like ? order by id", String.class, orderId);
    }
}
