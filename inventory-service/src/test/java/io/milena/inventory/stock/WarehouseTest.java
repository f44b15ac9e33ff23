package io.milena.inventory.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.inventory.InventoryServiceApplication;
import io.milena.inventory.contract.OrderPlaced;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** Stock under repetition, reordering and concurrency, in the real database, without a broker. */
class WarehouseTest {

    private static ConfigurableApplicationContext context;
    private static Warehouse warehouse;
    private static StockRepository stock;

    @BeforeAll
    static void start() {
        context = InventoryServiceApplication.builder()
                .web(WebApplicationType.NONE)
                .run(
                        "--spring.kafka.bootstrap-servers=localhost:1",
                        "--spring.datasource.url=jdbc:h2:mem:inventory;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH");
        warehouse = context.getBean(Warehouse.class);
        stock = context.getBean(StockRepository.class);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void concurrent_orders_never_get_more_than_there_is() throws Exception {
        sell("hot-1", 50);
        sell("hot-2", 60);
        ExecutorService threads = Executors.newFixedThreadPool(6);
        List<Future<?>> orders = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int n = i;
            orders.add(threads.submit(() -> warehouse.reserve(
                    n % 2 == 0 ? order("c-" + n, "hot-1", 2, "hot-2", 1) : order("c-" + n, "hot-2", 1, "hot-1", 2))));
        }
        for (Future<?> order : orders) {
            order.get();
        }
        threads.shutdown();

        assertThat(level("hot-1")).isEqualTo(new StockLevel("hot-1", 50, 50));
        assertThat(level("hot-2")).isEqualTo(new StockLevel("hot-2", 60, 25));
        assertThat(answers("c-%")).hasSize(60);
        assertThat(answers("c-%")).filteredOn("stock.reserved.v1"::equals).hasSize(25);
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
    }

    @Test
    void a_cancelled_order_gives_back_what_it_had() {
        sell("can", 10);
        warehouse.reserve(order("can-1", "can", 4));
        warehouse.release("can-1");
        warehouse.release("can-1");
        assertThat(level("can")).isEqualTo(new StockLevel("can", 10, 0));
        assertThat(stock.reservation("can-1"))
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
        assertThat(answers("early-1")).isEmpty();
    }

    @Test
    void lines_of_the_same_product_count_together() {
        sell("sum", 10);
        warehouse.reserve(order("sum-1", "sum", 6, "sum", 6));
        assertThat(stock.reservation("sum-1"))
                .get()
                .extracting(Reservation::reason)
                .isEqualTo("not enough stock of sum: 12 wanted, 10 available");
    }

    @Test
    void a_product_number_belongs_to_one_product() {
        assertThat(sell("own", 10)).isTrue();
        assertThat(sell("own", 99)).isFalse();
        assertThat(level("own").onHand()).isEqualTo(10);
        assertThatThrownBy(() -> warehouse.add(new Product("own", "other name", null, 10)))
                .isInstanceOf(ProductConflictException.class);
    }

    private static boolean sell(String sku, int units) {
        return warehouse.add(new Product(sku, "product " + sku, new BigDecimal("1.50"), units));
    }

    private static StockLevel level(String sku) {
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

    private static List<String> answers(String orderId) {
        return context.getBean(JdbcTemplate.class)
                .queryForList(
                        "select event_type from outbox_event where record_key like ? order by id",
                        String.class,
                        orderId);
    }
}
