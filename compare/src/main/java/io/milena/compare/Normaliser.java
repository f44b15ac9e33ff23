package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Makes answers of two servers comparable: what each server chooses for itself (ports, ids, directories, times) becomes a placeholder, the
 * same one for the same value.
 */
final class Normaliser {
    private static final Pattern HEX_UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern UUID = Pattern.compile("(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])");
    private static final Pattern ID_FIELD = Pattern.compile("(?i).*(id|ids|directories)");
    private static final Pattern TIME = Pattern.compile("(?i).*(timestamp|timeMs)$");
    private static final long LONG_AGO_MS = 1_700_000_000_000L;
    /** Numbers that depend on what else a server has written; only their sign is compared. */
    private static final Map<ApiKeys, List<String>> OWN_NUMBERS = Map.of(
            ApiKeys.DESCRIBE_QUORUM, List.of("logEndOffset", "highWatermark", "leaderEpoch"),
            ApiKeys.DESCRIBE_LOG_DIRS, List.of("totalBytes", "usableBytes", "partitionSize"),
            ApiKeys.API_VERSIONS, List.of("finalizedFeaturesEpoch"),
            ApiKeys.FETCH, List.of("sessionId"),
            ApiKeys.INIT_PRODUCER_ID, List.of("producerId"),
            ApiKeys.BROKER_REGISTRATION, List.of("brokerEpoch"),
            ApiKeys.FETCH_SNAPSHOT, List.of("size", "position", "endOffset"));

    private final Server server;
    private final ApiKeys api;
    private final Set<String> ignored;
    private final Map<String, String> names = new HashMap<>();

    /**
     * @param ignored fields whose numbers are not compared
     */
    Normaliser(Server server, ApiKeys api, Set<String> ignored) {
        this.ignored = ignored;
        this.server = server;
        this.api = api;
        server.learned().forEach((name, value) -> {
            if (value.isTextual() && value.textValue().length() >= 8) {
                names.put(value.textValue(), "${" + name + "}");
            }
        });
    }

    JsonNode normalise(JsonNode answer) {
        return visit(answer, "");
    }

    private JsonNode visit(JsonNode node, String field) {
        if (node instanceof ObjectNode object) {
            ObjectNode copy = Json.object();
            object.properties().forEach(each -> copy.set(each.getKey(), visit(each.getValue(), each.getKey())));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = Json.array();
            array.forEach(element -> copy.add(visit(element, field)));
            return copy;
        }
        if (node.isTextual()) {
            return Json.text(text(node.textValue(), field));
        }
        return node.isIntegralNumber() ? number(node, field) : node;
    }

    private JsonNode number(JsonNode node, String field) {
        long value = node.longValue();
        if (value == server.port(Listener.BROKER) || value == server.port(Listener.CONTROLLER)) {
            return Json.text("<port>");
        }
        if (TIME.matcher(field).matches() && value > LONG_AGO_MS && value < 2 * LONG_AGO_MS) {
            return Json.text("<time>");
        }
        if (value >= 0 && ignored.contains(field)) {
            return Json.text("<number>");
        }
        if (value >= 0 && OWN_NUMBERS.getOrDefault(api, List.of()).contains(field)) {
            return Json.text("<number>");
        }
        JsonNode learned = server.learned().get(field);
        if (learned != null && learned.isNumber() && learned.longValue() == value && value > 0) {
            return Json.text("${" + field + "}");
        }
        return node;
    }

    private String text(String value, String field) {
        String known = names.get(value);
        if (known != null) {
            return known;
        }
        if (ID_FIELD.matcher(field).matches() && UUID.matcher(value).matches() && !reserved(value)) {
            return "<id>";
        }
        String result = value;
        for (Map.Entry<String, String> name : names.entrySet()) {
            result = result.replace(name.getKey(), name.getValue());
        }
        result = result.replace(":" + server.port(Listener.BROKER), ":<port>")
                .replace(":" + server.port(Listener.CONTROLLER), ":<port>");
        result = HEX_UUID.matcher(result).replaceAll(Normaliser::uuid);
        return UUID.matcher(result).replaceAll(Normaliser::named);
    }

    private static String uuid(java.util.regex.MatchResult found) {
        return "<uuid>";
    }

    private static boolean reserved(String id) {
        return id.startsWith("AAAAAAAAAAAAAAAAAAAA");
    }

    /** Kafka's reserved ids stay as they are, and what people name so. */
    private static String named(java.util.regex.MatchResult found) {
        String id = found.group();
        boolean chosen = reserved(id)
                || id.chars().noneMatch(Character::isUpperCase)
                || id.chars().noneMatch(Character::isDigit);
        return Matcher.quoteReplacement(chosen ? id : "<id>");
    }
}
