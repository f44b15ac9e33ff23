package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/** Every version of an API: its good requests, the request with nothing but defaults, each with one field changed, and versions nobody knows. */
final class GeneratedQuestions {
    private final JsonNode good = Json.resource("valid-requests.json");
    private final Interview interview;
    private final boolean all;
    /** What was not answered in one version takes too long to ask in each. */
    private final Set<String> unanswered = new HashSet<>();

    /**
     * @param all false for good requests only, without the mutations
     */
    GeneratedQuestions(Interview interview, boolean all) {
        this.interview = interview;
        this.all = all;
    }

    /** The APIs that have a good request. */
    Set<ApiKeys> apis() {
        Set<ApiKeys> apis = java.util.EnumSet.noneOf(ApiKeys.class);
        good.fieldNames().forEachRemaining(name -> apis.add(ApiKeys.valueOf(name)));
        return apis;
    }

    void ask(Listener listener, ApiKeys api) {
        interview.about("generated");
        List<Short> versions = new ArrayList<>(api.allVersions());
        for (short version : versions) {
            Shape shape = Shape.of(api, version);
            send(listener, "defaults", api, version, shape.complete(null));
            int number = 1;
            for (JsonNode base : good.path(api.name())) {
                good(listener, api, version, shape.complete(base), number++);
            }
        }
        interview.raw(listener, "a version too old", api, (short) (api.oldestVersion() - 1), new byte[16]);
        interview.raw(listener, "a version too new", api, (short) (api.latestVersion(true) + 1), new byte[16]);
        interview.raw(listener, "no body", api, api.latestVersion(), new byte[0]);
    }

    private void good(Listener listener, ApiKeys api, short version, ObjectNode body, int number) {
        send(listener, "good " + number, api, version, body);
        if (all) {
            for (Mutations.Mutation mutation : Mutations.of(Shape.of(api, version), body)) {
                send(listener, "good " + number + ", " + mutation.name(), api, version, mutation.body());
            }
        }
    }

    private void send(Listener listener, String name, ApiKeys api, short version, JsonNode body) {
        if (!unanswered.contains(api + name)) {
            interview.send(listener, name, api, version, body);
            if (interview.somebodyWasSilent()) {
                unanswered.add(api + name);
            }
        }
    }
}
