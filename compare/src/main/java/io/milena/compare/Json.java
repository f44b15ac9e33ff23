package io.milena.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.function.Function;

/** JSON as questions are written in: field names and strings need no double quotes, comments are allowed. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .build();

    private Json() {}

    /** Reads relaxed JSON. */
    public static JsonNode of(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not JSON: " + text, e);
        }
    }

    /** Reads a resource beside this class. */
    static JsonNode resource(String name) {
        try (InputStream in = Json.class.getResourceAsStream(name)) {
            return MAPPER.readTree(Objects.requireNonNull(in, name));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name, e);
        }
    }

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** A copy in which each text has gone through {@code change}. */
    static JsonNode mapTexts(JsonNode node, Function<String, JsonNode> change) {
        if (node.isTextual()) {
            return change.apply(node.textValue());
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array();
            array.forEach(element -> copy.add(mapTexts(element, change)));
            return copy;
        }
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object();
            object.properties().forEach(field -> copy.set(field.getKey(), mapTexts(field.getValue(), change)));
            return copy;
        }
        return node;
    }

    static JsonNode text(String value) {
        return TextNode.valueOf(value);
    }
}
