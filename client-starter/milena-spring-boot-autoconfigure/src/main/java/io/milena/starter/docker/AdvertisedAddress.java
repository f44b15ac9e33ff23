package io.milena.starter.docker;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The address that a Milena broker sends clients to, set over the broker's admin port while it runs
 * (docs/adr/0093-advertised-at-run-time.md): a container cannot know which port of the host its own is mapped to.
 */
public final class AdvertisedAddress {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final String OPEN = "KAFKA_MILENA_SPRING_MANAGEMENT_ENDPOINT_LISTENERS_ACCESS=unrestricted";

    private final URI endpoint;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final JsonMapper json = JsonMapper.builder().build();

    /**
     * @param host where the admin port is reached from here
     * @param adminPort the port that the broker's Actuator is mapped to
     */
    public AdvertisedAddress(String host, int adminPort) {
        this.endpoint = URI.create("http://" + host + ":" + adminPort + "/actuator/listeners");
    }

    /**
     * Returns when the broker sends clients to {@code host:port}. Waits for a broker that is still starting.
     *
     * @param containerPort the port that the listener is bound to inside the container
     * @throws IllegalStateException if there is no such listener, the broker does not let itself be told, or nobody answers for 30 s
     */
    public void set(int containerPort, String host, int port) {
        String advertised = host + ":" + port;
        JsonNode listener = listener(containerPort);
        if (listener.path("advertised").asString().equals(advertised)) {
            return;
        }
        String body =
                json.writeValueAsString(Map.of("name", listener.path("name").asString(), "advertised", advertised));
        HttpResponse<String> answer = persistently(HttpRequest.newBuilder(endpoint)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
        if (answer.statusCode() == 405) {
            throw new IllegalStateException(
                    "The broker at " + endpoint + " does not let its advertised address be changed: set " + OPEN
                            + " in the container's environment");
        }
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("The broker at " + endpoint + " refuses to advertise " + advertised + ": "
                    + answer.statusCode() + " " + answer.body());
        }
    }

    private JsonNode listener(int containerPort) {
        HttpResponse<String> answer =
                persistently(HttpRequest.newBuilder(endpoint).build());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(
                    "There is no Milena broker at " + endpoint + ": it answers " + answer.statusCode());
        }
        for (JsonNode listener : json.readTree(answer.body()).path("listeners")) {
            if (listener.path("port").asInt() == containerPort) {
                return listener;
            }
        }
        throw new IllegalStateException(
                "The broker at " + endpoint + " has no listener on port " + containerPort + ", but " + answer.body());
    }

    /** Asks until there is an answer other than that the broker cannot answer yet. */
    private HttpResponse<String> persistently(HttpRequest request) {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            String why;
            try {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 503) {
                    return answer;
                }
                why = answer.body();
            } catch (IOException notYet) {
                why = notYet.toString();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while asking " + endpoint, interrupted);
            }
            if (System.nanoTime() > deadlineNs) {
                throw new IllegalStateException("The broker at " + endpoint + " has not answered within "
                        + PATIENCE.toSeconds() + " s: " + why);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for a broker", interrupted);
        }
    }
}
