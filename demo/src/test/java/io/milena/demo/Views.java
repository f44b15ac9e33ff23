package io.milena.demo;

import io.milena.demo.load.ServiceClient;
import io.milena.demo.load.ServiceUrls;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the services tell over HTTP of themselves and of an order. */
final class Views {

    private static final ServiceClient CLIENT = new ServiceClient();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ServiceUrls urls;

    /** @param port of the first service */
    Views(int port) {
        this.urls = ServiceUrls.local(port);
    }

    static List<String> services() {
        return ServiceUrls.NAMES;
    }

    ServiceClient.Answer post(String service, String path, String json) {
        return CLIENT.post(url(service) + path, json);
    }

    /** Places an order within a trace that began elsewhere, and returns the status. */
    int place(String orderId, String sku, String traceParent) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(urls.orders() + "/orders"))
                .headers("content-type", "application/json", "traceparent", traceParent)
                .POST(HttpRequest.BodyPublishers.ofString("{\"orderId\":\"" + orderId
                        + "\",\"customerId\":\"C1\",\"lines\":[{\"sku\":\"" + sku
                        + "\",\"quantity\":1,\"unitPrice\":1.50}]}"))
                .build();
        return send(request).statusCode();
    }

    String state(String orderId) {
        return CLIENT.read(urls.orders() + "/orders/" + orderId).get("state").stringValue();
    }

    JsonNode journey(String orderId) {
        return CLIENT.read(urls.orders() + "/orders/" + orderId + "/journey");
    }

    JsonNode lag(String service) {
        return CLIENT.read(url(service) + "/actuator/lag");
    }

    /** UP or DOWN, for whoever only looks at the status code too. */
    boolean isUp(String service, String group) {
        ServiceClient.Answer answer = CLIENT.get(url(service) + "/actuator/health" + group);
        String status = answer.body().get("status").stringValue();
        if (answer.ok() != status.equals("UP")) {
            throw new AssertionError(answer + " says two things");
        }
        return answer.ok();
    }

    /** A part of the starter's health: status and details. */
    JsonNode health(String service, String part) {
        return CLIENT.get(url(service) + "/actuator/health").body().at("/components/milena/components/" + part);
    }

    /** All values of a meter by its name in Prometheus, as a scraper sees them. */
    List<Double> meter(String service, String name) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(service) + "/actuator/prometheus"))
                .build();
        return send(request)
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .map(line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
    }

    HttpResponse<String> raw(String service, String path) {
        return send(HttpRequest.newBuilder(URI.create(url(service) + path)).build());
    }

    private String url(String service) {
        return List.of(urls.orders(), urls.inventory(), urls.shipping()).get(ServiceUrls.NAMES.indexOf(service));
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(request.uri() + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
