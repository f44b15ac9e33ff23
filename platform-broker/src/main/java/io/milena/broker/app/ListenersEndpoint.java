package io.milena.broker.app;

import io.milena.broker.node.BrokerView;
import io.milena.broker.node.MilenaNode;
import io.milena.metadata.Endpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * {@code /actuator/listeners}: the listeners of this broker with the port they are bound to and the address that clients are sent to.
 * POST {@code {"name": "EXTERNAL", "advertised": "localhost:32781"}} sends them elsewhere, for a port that is mapped when the container
 * starts (docs/adr/0093-advertised-at-run-time.md). Who can do that can send clients anywhere, so writing is not open by default.
 */
@org.springframework.boot.actuate.endpoint.annotation.Endpoint(id = "listeners")
record ListenersEndpoint(MilenaNode node) {
    private static final long TIMEOUT_MS = 10_000;
    private static final long LOOK_AGAIN_MS = 5;
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\s/]+):(\\d{1,5})");

    @ReadOperation
    public Map<String, Object> listeners() {
        List<Map<String, Object>> listeners = node.broker().map(BrokerView::advertised).orElse(List.of()).stream()
                .map(this::listener)
                .toList();
        return Map.of("listeners", listeners);
    }

    private Map<String, Object> listener(Endpoint endpoint) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", endpoint.listener());
        answer.put("port", node.boundPort(endpoint.listener()));
        answer.put("advertised", address(endpoint));
        answer.put("protocol", endpoint.protocol().name());
        return answer;
    }

    private static String address(Endpoint endpoint) {
        String host = endpoint.host().contains(":") ? "[" + endpoint.host() + "]" : endpoint.host();
        return host + ":" + endpoint.port();
    }

    /** Answers when clients that ask this broker are told the new address. */
    @WriteOperation
    public WebEndpointResponse<Map<String, Object>> advertise(String name, String advertised)
            throws InterruptedException {
        Matcher address = ADDRESS.matcher(advertised.trim());
        if (!address.matches() || !isPort(address.group(2)) || address.group(1).equals("0.0.0.0")) {
            return refused(400, "'" + advertised + "' is no address that clients can connect to: give it as host:port");
        }
        BrokerView broker = node.broker().orElse(null);
        if (broker == null || endpoint(broker, name) == null) {
            return refused(400, "This node has no client listener '" + name + "'; see GET /actuator/listeners");
        }
        String host = address.group(1).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(address.group(2));
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        try {
            broker.advertise(name, host, port).get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            while (!isTold(broker, name, host, port)) {
                if (System.nanoTime() > deadlineNs) {
                    throw new TimeoutException();
                }
                Thread.sleep(LOOK_AGAIN_MS);
            }
        } catch (TimeoutException late) {
            return refused(
                    503, "The controller has not answered within " + TIMEOUT_MS + " ms; this broker goes on asking");
        } catch (ExecutionException failed) {
            return refused(503, String.valueOf(failed.getCause()));
        }
        return new WebEndpointResponse<>(listeners());
    }

    private static boolean isPort(String digits) {
        int port = Integer.parseInt(digits);
        return port > 0 && port < 65_536;
    }

    private static boolean isTold(BrokerView broker, String name, String host, int port) {
        Endpoint endpoint = endpoint(broker, name);
        return endpoint != null && endpoint.host().equals(host) && endpoint.port() == port;
    }

    private static @Nullable Endpoint endpoint(BrokerView broker, String name) {
        return broker.advertised().stream()
                .filter(endpoint -> endpoint.listener().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static WebEndpointResponse<Map<String, Object>> refused(int status, String why) {
        return new WebEndpointResponse<>(Map.of("error", why), status);
    }
}
