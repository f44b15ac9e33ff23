package io.milena.orders;

import static io.milena.orders.RunningOrderService.anyOrder;
import static io.milena.orders.RunningOrderService.order;
import static io.milena.orders.RunningOrderService.together;
import static org.assertj.core.api.Assertions.assertThat;

import io.milena.orders.RunningOrderService.Answer;
import io.milena.starter.outbox.OutboxRelay;
import io.milena.starter.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** The service by itself, without a broker: it starts, accepts orders, decides, and keeps its events until one comes. */
@ParameterizedClass
@EnumSource(TestDatabase.Kind.class)
record OrderServiceTest(TestDatabase.Kind database) {

    private static RunningOrderService service;

    @BeforeParameterizedClassInvocation
    static void start(TestDatabase.Kind database) {
        service = RunningOrderService.start(database.fresh(), RunningOrderService.NO_BROKER);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        service.close();
    }

    @Test
    void a_placed_order_is_there_with_its_event_waiting() throws Exception {
        Answer placed = service.post("/orders", order("n-1", 2));

        assertThat(placed.status()).isEqualTo(201);
        assertThat(placed.header("location")).isEqualTo("/orders/n-1");
        assertThat(placed.header("etag")).isEqualTo("\"1\"");
        assertThat(service.state("n-1")).isEqualTo("PLACED");
        assertThat(service.events("n-1")).containsExactly("order.placed.v1");
        assertThat(service.bean(OutboxRelay.class).pending()).isPositive();
    }

    @Test
    void the_same_order_again_is_the_same_order_also_at_the_same_moment() throws Exception {
        List<Integer> statuses =
                together(8, () -> service.post("/orders", order("n-2", 2)).status());

        assertThat(statuses).containsOnlyOnce(201).containsOnly(200, 201);
        assertThat(service.events("n-2")).hasSize(1);
        Answer other = service.post("/orders", order("n-2", 3));
        assertThat(other.status()).isEqualTo(409);
        assertThat(type(other)).isEqualTo("/problems/order-id-taken");
    }

    @Test
    void the_way_to_delivered() throws Exception {
        service.post("/orders", order("n-3", 1));
        service.desk().stockReserved("n-3");
        service.desk().shipmentPrepared("n-3", "s-3");
        service.desk().shipmentDelivered("n-3", null);
        service.desk().shipmentDelivered("n-3", null);

        JsonNode shipped = service.get("/orders/n-3").body();
        assertThat(shipped.get("state").stringValue()).isEqualTo("SHIPPED");
        assertThat(shipped.get("deliveredAt").isNull()).isFalse();
        assertThat(shipped.get("version").intValue()).isEqualTo(4);
        assertThat(service.events("n-3")).containsExactly("order.placed.v1", "order.confirmed.v1", "order.shipped.v1");
        Answer tooLate = service.post("/orders/n-3/cancel", "");
        assertThat(tooLate.status()).isEqualTo(409);
        assertThat(tooLate.header("content-type")).startsWith("application/problem+json");
        assertThat(tooLate.body().get("state").stringValue()).isEqualTo("SHIPPED");
    }

    @Test
    void news_that_come_too_late_change_nothing() throws Exception {
        service.post("/orders", order("n-4", 1));
        assertThat(service.post("/orders/n-4/cancel", "").status()).isEqualTo(200);
        service.desk().stockReserved("n-4");
        service.desk().shipmentPrepared("n-4", "s-4");
        service.desk().stockRejected("n-4", "late");
        service.desk().reservationExpired("n-4", "late");

        assertThat(service.state("n-4")).isEqualTo("CANCELLED");
        assertThat(service.events("n-4")).containsExactly("order.placed.v1", "order.cancelled.v1");
        assertThat(service.post("/orders/n-4/cancel", "").status()).isEqualTo(200);
        assertThat(service.events("n-4")).hasSize(2);
    }

    @Test
    void an_expired_reservation_cancels_what_is_not_shipped() throws Exception {
        service.post("/orders", order("n-5", 1));
        service.desk().stockReserved("n-5");
        service.desk().reservationExpired("n-5", "kept for 30 minutes");
        service.post("/orders", order("n-6", 1));
        service.desk().stockReserved("n-6");
        service.desk().shipmentPrepared("n-6", "s-6");
        service.desk().reservationExpired("n-6", "kept for 30 minutes");

        assertThat(service.state("n-5")).isEqualTo("CANCELLED");
        assertThat(service.get("/orders/n-5").body().get("reason").stringValue())
                .isEqualTo("kept for 30 minutes");
        assertThat(service.events("n-5")).last().isEqualTo("order.cancelled.v1");
        assertThat(service.state("n-6")).isEqualTo("SHIPPED");
        assertThat(service.events("n-6")).last().isEqualTo("order.shipped.v1");
    }

    @Test
    void cancel_and_ship_at_the_same_moment_end_in_one_state_with_one_last_event() throws Exception {
        for (int i = 0; i < 10; i++) {
            String id = "race-" + i;
            service.post("/orders", order(id, 1));
            service.desk().stockReserved(id);
            ExecutorService threads = Executors.newFixedThreadPool(2);
            Future<Integer> cancel = threads.submit(
                    () -> service.post("/orders/" + id + "/cancel", "").status());
            Future<?> ship = threads.submit(() -> service.desk().shipmentPrepared(id, "s"));
            ship.get();
            boolean cancelled = cancel.get() == 200;
            threads.shutdown();

            assertThat(service.state(id)).isEqualTo(cancelled ? "CANCELLED" : "SHIPPED");
            assertThat(service.events(id))
                    .hasSize(3)
                    .last()
                    .isEqualTo(cancelled ? "order.cancelled.v1" : "order.shipped.v1");
        }
    }

    @Test
    void the_same_key_and_body_get_the_same_answer_marked_as_a_replay() throws Exception {
        String key = key();
        Answer first = service.post("/orders", anyOrder(2), "Idempotency-Key", key);
        String id = first.body().get("orderId").stringValue();
        service.desk().stockReserved(id);
        Answer again = service.post("/orders", anyOrder(2), "Idempotency-Key", key);
        Answer bare = service.post("/orders", anyOrder(2), "Idempotency-Key", key.replace("\"", ""));

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.header("idempotency-replayed")).isEmpty();
        for (Answer replay : List.of(again, bare)) {
            assertThat(replay.status()).isEqualTo(201);
            assertThat(replay.text()).isEqualTo(first.text());
            assertThat(replay.header("location")).isEqualTo(first.header("location"));
            assertThat(replay.header("etag")).isEqualTo(first.header("etag"));
            assertThat(replay.header("idempotency-replayed")).isEqualTo("true");
        }
        assertThat(service.events(id)).containsExactly("order.placed.v1", "order.confirmed.v1");
    }

    @Test
    void equal_requests_at_the_same_moment_place_one_order() throws Exception {
        String key = key();
        List<Answer> answers = together(8, () -> service.post("/orders", anyOrder(3), "Idempotency-Key", key));

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        assertThat(answers)
                .extracting(answer -> answer.header("idempotency-replayed"))
                .containsOnlyOnce("");
        assertThat(answers.stream().map(Answer::text).distinct()).hasSize(1);
        assertThat(service.jdbc()
                        .queryForObject(
                                "select count(*) from order_move where idempotency_key = ?",
                                Integer.class,
                                key.replace("\"", "")))
                .isEqualTo(1);
    }

    @Test
    void a_new_key_for_an_order_that_is_there_keeps_the_answer_200() throws Exception {
        String key = key();
        service.post("/orders", order("n-7", 1));
        Answer known = service.post("/orders", order("n-7", 1), "Idempotency-Key", key);
        service.desk().stockReserved("n-7");
        Answer again = service.post("/orders", order("n-7", 1), "Idempotency-Key", key);

        assertThat(known.status()).isEqualTo(200);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text()).isEqualTo(known.text());
        assertThat(again.header("idempotency-replayed")).isEqualTo("true");
    }

    @Test
    void an_expired_key_is_as_good_as_new() throws Exception {
        String key = key();
        Answer first = service.post("/orders", anyOrder(1), "Idempotency-Key", key);
        service.jdbc()
                .update("update idempotency_key set expires_at = timestamp with time zone '2020-01-01 00:00:00+00'");
        Answer other = service.post("/orders", anyOrder(2), "Idempotency-Key", key);

        assertThat(other.status()).isEqualTo(201);
        assertThat(other.body().get("orderId")).isNotEqualTo(first.body().get("orderId"));
    }

    @Test
    void what_has_not_changed_is_not_sent_again_and_what_has_is_not_cancelled_unseen() throws Exception {
        service.post("/orders", order("n-8", 1));
        assertThat(service.get("/orders/n-8", "If-None-Match", "\"1\"").status())
                .isEqualTo(304);
        service.desk().stockReserved("n-8");
        Answer changed = service.get("/orders/n-8", "If-None-Match", "\"1\"");
        Answer stale = service.post("/orders/n-8/cancel", "", "If-Match", "\"1\"");
        Answer weak = service.post("/orders/n-8/cancel", "", "If-Match", "W/\"2\"");
        Answer cancelled = service.post("/orders/n-8/cancel", "", "If-Match", "\"9\", \"2\"");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.header("etag")).isEqualTo("\"2\"");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.header("etag")).isEqualTo("\"2\"");
        assertThat(type(stale)).isEqualTo("/problems/stale-version");
        assertThat(weak.status()).isEqualTo(412);
        assertThat(cancelled.status()).isEqualTo(200);
        assertThat(cancelled.header("etag")).isEqualTo("\"3\"");
    }

    @Test
    void lists_are_paged_filtered_and_sorted() throws Exception {
        for (int i = 1; i <= 3; i++) {
            service.post("/orders", order("list-" + i, 1).replace("c1", "lister"));
        }
        service.desk().stockRejected("list-2", "unknown product X");

        Answer newest = service.get("/orders?customer=lister&sort=-placedAt&size=2");
        assertThat(ids(newest)).containsExactly("list-3", "list-2");
        assertThat(newest.body().get("totalElements").intValue()).isEqualTo(3);
        assertThat(newest.header("link"))
                .contains("</orders?customer=lister&sort=-placedAt&size=2>; rel=\"first\"")
                .contains("</orders?customer=lister&sort=-placedAt&size=2&after=")
                .contains("&page=1>; rel=\"last\"")
                .doesNotContain("rel=\"prev\"");
        Answer second = service.get("/orders?customer=lister&sort=-placedAt&size=2&page=1");
        assertThat(ids(second)).containsExactly("list-1");
        assertThat(second.header("link")).contains("rel=\"prev\"").doesNotContain("rel=\"next\"");
        assertThat(ids(service.get("/orders?customer=lister&state=REJECTED"))).containsExactly("list-2");
        assertThat(ids(service.get("/orders?customer=lister&state=PLACED,CANCELLED")))
                .containsExactly("list-1", "list-3");
        assertThat(ids(service.get("/orders?customer=lister&from=2020-01-01&to=2100-01-01T00:00:00Z")))
                .hasSize(3);
        assertThat(ids(service.get("/orders?customer=lister&from=2100-01-01"))).isEmpty();
        assertThat(service.get("/order-counts").body().get("REJECTED").intValue())
                .isPositive();
    }

    @Test
    void who_follows_the_links_sees_every_order_once_whatever_happens_meanwhile() throws Exception {
        for (String sort : List.of("placedAt", "-placedAt", "updatedAt", "orderId", "-orderId")) {
            List<String> placed = new ArrayList<>();
            String customer = "reader" + sort;
            for (int i = 1; i <= 6; i++) {
                placed.add(customer.replace("-", ".") + "." + i);
                service.post("/orders", order(placed.get(i - 1), 1).replace("c1", customer));
            }
            String next = "/orders?customer=" + customer + "&state=PLACED&size=2&sort=" + sort;
            List<String> read = new ArrayList<>();
            for (int page = 1; next != null; page++) {
                Answer answer = service.get(next);
                read.addAll(ids(answer));
                next = next(answer);
                service.post(
                        "/orders",
                        order(customer.replace("-", ".") + ".late" + page, 1).replace("c1", customer));
                service.desk().stockRejected(read.get(0), "none left");
                service.desk().stockRejected(read.get(read.size() - 1), "none left");
                assertThat(page).isLessThan(20);
            }

            assertThat(read).as(sort).doesNotHaveDuplicates().containsAll(placed);
        }
    }

    @Test
    void a_cursor_leads_on_also_where_its_order_is_gone_from_the_list() throws Exception {
        for (int i = 1; i <= 4; i++) {
            service.post("/orders", order("gone-" + i, 1).replace("c1", "goner"));
        }
        Answer first = service.get("/orders?customer=goner&state=PLACED&size=2");
        service.desk().stockRejected("gone-1", "none left");
        service.desk().stockRejected("gone-2", "none left");
        Answer second = service.get(next(first));

        assertThat(ids(second)).containsExactly("gone-3", "gone-4");
        assertThat(next(second)).isNull();
        assertThat(second.body().get("page").isNull()).isTrue();
        assertThat(second.body().get("totalElements").intValue()).isEqualTo(2);
    }

    private static @Nullable String next(Answer list) {
        Matcher link = Pattern.compile("<([^>]+)>; rel=\"next\"").matcher(list.header("link"));
        return link.find() ? link.group(1) : null;
    }

    @Test
    void a_problem_says_where_it_is_explained_and_the_contract_is_published() throws Exception {
        Answer none = service.get("/orders/nobody");

        assertThat(none.status()).isEqualTo(404);
        JsonNode explained = service.get(type(none)).body();
        assertThat(explained.get("status").intValue()).isEqualTo(404);
        assertThat(explained.get("explanation").stringValue()).isNotEmpty();
        JsonNode paths = service.get("/openapi").body().get("paths");
        assertThat(paths.get("/orders").get("post").get("responses").propertyNames())
                .contains("201", "200", "400", "409", "413", "415", "422");
        assertThat(paths.get("/orders/{orderId}/events")
                        .get("get")
                        .get("responses")
                        .propertyNames())
                .contains("200", "204", "404", "503");
    }

    @Test
    void without_a_broker_it_is_alive_and_ready_and_its_health_says_what_is_missing() throws Exception {
        assertThat(service.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(200);
        Answer health = service.get("/actuator/health");
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.text()).contains("No broker is reached: localhost:1 (connection refused)");
    }

    private static String key() {
        return "\"" + UUID.randomUUID() + "\"";
    }

    private static String type(Answer problem) {
        return problem.body().get("type").stringValue();
    }

    private static List<String> ids(Answer list) {
        return list.body()
                .get("content")
                .valueStream()
                .map(order -> order.get("orderId").stringValue())
                .toList();
    }
}
