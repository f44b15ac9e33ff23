package io.milena.orders;

import io.milena.orders.desk.OrderDesk;
import io.milena.starter.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.jdbc.core.JdbcTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on a port of its own, as its clients see it. */
public final class RunningOrderService implements AutoCloseable {

    /** Where no broker is. */
    public static final String NO_BROKER = "localhost:1";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ConfigurableApplicationContext context;
    private final String url;

    private RunningOrderService(ConfigurableApplicationContext context) {
        this.context = context;
        this.url = "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
    }

    public static RunningOrderService start(TestDatabase database, String bootstrapServers, String... settings) {
        List<String> arguments = new ArrayList<>(database.arguments());
        arguments.add("--server.port=0");
        arguments.add("--spring.kafka.bootstrap-servers=" + bootstrapServers);
        arguments.addAll(List.of(settings));
        return new RunningOrderService(
                OrderServiceApplication.builder().registerShutdownHook(false).run(arguments.toArray(new String[0])));
    }

    /** An answer of the service. */
    public record Answer(HttpResponse<String> response) {
        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public String text() {
            return response.body();
        }

        public JsonNode body() {
            return JsonMapper.shared().readTree(text().isEmpty() ? "null" : text());
        }
    }

    public String url() {
        return url;
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Done when the service begins to stop, while it still answers. */
    public void whenItStops(Runnable task) {
        context.addApplicationListener((ApplicationListener<ContextClosedEvent>) stopping -> task.run());
    }

    public OrderDesk desk() {
        return bean(OrderDesk.class);
    }

    public JdbcTemplate jdbc() {
        return bean(JdbcTemplate.class);
    }

    /** Types of the events that wait about an order, oldest first. */
    public List<String> events(String orderId) {
        return jdbc().queryForList(
                        "select event_type from outbox_event where record_key = ? order by id", String.class, orderId);
    }

    public Answer post(String path, String json, String... headers) throws Exception {
        return send(request(path, headers)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    public Answer get(String path, String... headers) throws Exception {
        return send(request(path, headers));
    }

    public HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    public Answer send(HttpRequest.Builder request) throws Exception {
        return new Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    }

    public String state(String orderId) throws Exception {
        return get("/orders/" + orderId).body().get("state").stringValue();
    }

    /** A small order. */
    public static String order(String id, int quantity) {
        return "{\"orderId\":\"" + id
                + "\",\"customerId\":\"c1\",\"orderDate\":\"2026-01-02\",\"lines\":[{\"sku\":\"A\",\"quantity\":"
                + quantity + ",\"unitPrice\":14.0}],\"shipTo\":{\"name\":\"n\",\"city\":\"Praha\"}}";
    }

    /** A small order whose id the service chooses. */
    public static String anyOrder(int quantity) {
        return "{\"customerId\":\"c1\",\"lines\":[{\"sku\":\"A\",\"quantity\":" + quantity + "}]}";
    }

    /** The same by so many at the same moment. */
    public static <T> List<T> together(int times, Callable<T> call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        List<T> results = new ArrayList<>();
        for (Future<T> future : threads.invokeAll(Collections.nCopies(times, call))) {
            results.add(future.get());
        }
        threads.shutdown();
        return results;
    }

    @Override
    public void close() {
        context.close();
    }
}
