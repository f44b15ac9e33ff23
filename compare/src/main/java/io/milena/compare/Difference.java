package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One place in which two answers differ.
 *
 * @param path field names with dots, {@code [*]} for any element of an array
 */
record Difference(String path, String kafka, String milena) {
    /** The path of the answer itself. */
    static final String WHOLE = "(the answer)";

    private static final String ABSENT = "<absent>";
    /** The fields that tell one element of an array from another; the order of such elements means nothing. */
    private static final Set<String> KEYS = Set.of(
            "name",
            "topicName",
            "topic",
            "topicId",
            "partitionIndex",
            "partition",
            "partitionId",
            "index",
            "groupId",
            "memberId",
            "groupInstanceId",
            "resourceType",
            "resourceName",
            "configName",
            "apiKey",
            "nodeId",
            "brokerId",
            "replicaId",
            "producerId",
            "feature",
            "logDir",
            "key",
            "user",
            "entityType",
            "entityName",
            "errorTopic",
            "transactionalId",
            "mechanism");
    /** Of elements that have none of those. */
    private static final Set<String> PLACES = Set.of("offset", "baseOffset");

    /** All places, in the order of Apache Kafka's answer. */
    static List<Difference> between(JsonNode kafka, JsonNode milena) {
        List<Difference> found = new ArrayList<>();
        compare("", kafka, milena, found);
        return found;
    }

    private static void compare(
            String path, @Nullable JsonNode kafka, @Nullable JsonNode milena, List<Difference> found) {
        if (kafka instanceof ObjectNode left && milena instanceof ObjectNode right) {
            Set<String> names = new LinkedHashSet<>();
            left.fieldNames().forEachRemaining(names::add);
            right.fieldNames().forEachRemaining(names::add);
            names.forEach(
                    name -> compare(path.isEmpty() ? name : path + "." + name, left.get(name), right.get(name), found));
        } else if (kafka instanceof ArrayNode left && milena instanceof ArrayNode right) {
            elements(path + "[*]", left, right, found);
        } else if (kafka == null || !kafka.equals(milena)) {
            if (kafka != null
                    && milena != null
                    && kafka.isIntegralNumber()
                    && milena.isIntegralNumber()
                    && kafka.longValue() == milena.longValue()) {
                return;
            }
            found.add(new Difference(path.isEmpty() ? WHOLE : path, shown(kafka), shown(milena)));
        }
    }

    private static void elements(String path, ArrayNode kafka, ArrayNode milena, List<Difference> found) {
        Map<String, List<JsonNode>> left = byKey(kafka);
        Map<String, List<JsonNode>> right = byKey(milena);
        Set<String> keys = new LinkedHashSet<>(left.keySet());
        keys.addAll(right.keySet());
        for (String key : keys) {
            List<JsonNode> ours = right.getOrDefault(key, List.of());
            List<JsonNode> theirs = left.getOrDefault(key, List.of());
            for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
                compare(path, i < theirs.size() ? theirs.get(i) : null, i < ours.size() ? ours.get(i) : null, found);
            }
        }
    }

    private static Map<String, List<JsonNode>> byKey(ArrayNode array) {
        Map<String, List<JsonNode>> elements = new LinkedHashMap<>();
        List<JsonNode> list = new ArrayList<>();
        array.forEach(list::add);
        if (!list.isEmpty() && list.stream().allMatch(JsonNode::isTextual)) {
            list.sort(Comparator.comparing(JsonNode::textValue));
        }
        for (int i = 0; i < list.size(); i++) {
            elements.computeIfAbsent(key(list.get(i), i), each -> new ArrayList<>())
                    .add(list.get(i));
        }
        return elements;
    }

    private static String key(JsonNode element, int position) {
        if (element.isTextual()) {
            return element.textValue();
        }
        if (element.has("entity")) {
            return byKey((ArrayNode) element.get("entity")).keySet().stream()
                    .sorted()
                    .toList()
                    .toString();
        }
        String key = fields(element, KEYS);
        if (key.isEmpty()) {
            key = fields(element, PLACES);
        }
        return key.isEmpty() ? "#" + position : key;
    }

    private static String fields(JsonNode element, Set<String> wanted) {
        boolean named = element.hasNonNull("name") || element.hasNonNull("topicName");
        return element.properties().stream()
                .filter(field -> !(named && field.getKey().equals("topicId")))
                .filter(field ->
                        wanted.contains(field.getKey()) && field.getValue().isValueNode())
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String shown(@Nullable JsonNode node) {
        if (node == null) {
            return ABSENT;
        }
        String text = node.toString();
        return text.length() <= 400 ? text : text.substring(0, 400) + "…";
    }
}
