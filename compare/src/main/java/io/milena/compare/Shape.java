package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.jspecify.annotations.Nullable;

/**
 * What one version of a request, or a structure in it, consists of: its fields with their types from the schema, its defaults from the
 * generated class.
 */
final class Shape {
    private final short version;
    private final Class<?> type;
    private final Map<String, Part> parts = new LinkedHashMap<>();

    /**
     * A field.
     *
     * @param type of the field, or of the elements if it is an array
     * @param struct of the field, or of the elements; null if they are plain values
     */
    record Part(
            String name,
            org.apache.kafka.common.protocol.types.Type type,
            boolean array,
            boolean nullable,
            boolean tagged,
            @Nullable Shape struct) {}

    private Shape(Schema schema, Class<?> type, short version) {
        this.version = version;
        this.type = type;
        for (BoundField field : schema.fields()) {
            if (field.def.type instanceof TaggedFields tagged) {
                tagged.fields().values().forEach(each -> add(each, true));
            } else {
                add(field.def, false);
            }
        }
    }

    /** The shape of a request. */
    static Shape of(ApiKeys api, short version) {
        return new Shape(
                api.messageType.requestSchemas()[version],
                api.messageType.newRequest().getClass(),
                version);
    }

    List<Part> parts() {
        return new ArrayList<>(parts.values());
    }

    private void add(Field field, boolean tagged) {
        Method getter = getter(camelCase(field.name));
        String name = getter.getName();
        org.apache.kafka.common.protocol.types.Type element =
                field.type.arrayElementType().orElse(field.type);
        Shape struct = element instanceof Schema schema ? new Shape(schema, elementClass(getter), version) : null;
        parts.put(name, new Part(name, element, field.type.isArray(), field.type.isNullable(), tagged, struct));
    }

    /** All mandatory fields: as the base has them, else by default. What the base has and this version has not is left out. */
    ObjectNode complete(@Nullable JsonNode base) {
        ObjectNode node = (ObjectNode) Messages.write(newInstance(), version);
        for (Part part : parts.values()) {
            JsonNode given = base == null ? null : base.get(part.name);
            if (given != null) {
                node.set(part.name, value(part, given));
            }
        }
        return node;
    }

    private static JsonNode value(Part part, JsonNode given) {
        Shape struct = part.struct;
        if (struct == null || given.isNull() || given.isTextual()) {
            return given;
        }
        if (!part.array) {
            return struct.complete(given);
        }
        ArrayNode elements = Json.array();
        given.forEach(element -> elements.add(struct.complete(element)));
        return elements;
    }

    private Object newInstance() {
        try {
            return type.getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " cannot be made", e);
        }
    }

    private static Class<?> elementClass(Method getter) {
        Type result = getter.getGenericReturnType();
        if (result instanceof Class<?> plain && Iterable.class.isAssignableFrom(plain)) {
            result = plain.getGenericSuperclass();
        }
        return (Class<?>) (result instanceof ParameterizedType list ? list.getActualTypeArguments()[0] : result);
    }

    /** The getter, whose name is the field's in JSON: the schema's name does not tell where capitals stand in {@code kRaft}. */
    private Method getter(String name) {
        return Arrays.stream(type.getMethods())
                .filter(method ->
                        method.getParameterCount() == 0 && method.getName().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(type + " has no field " + name));
    }

    private static String camelCase(String snake) {
        StringBuilder camel = new StringBuilder();
        for (String word : snake.split("_")) {
            camel.append(camel.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }
}
