package io.milena.starter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Compares an event's class with its schema, and with an event that was read. */
final class EventShape {

    private static final Map<Class<?>, String> SIMPLE = Map.of(
            String.class, "string",
            int.class, "integer",
            Integer.class, "integer",
            long.class, "integer",
            Long.class, "integer",
            boolean.class, "boolean",
            BigDecimal.class, "number",
            LocalDate.class, "string",
            Instant.class, "string");

    private EventShape() {}

    /** The schema has the record's fields, no others, with their types, and requires those that cannot be null. */
    static void assertSame(String where, Class<?> record, Map<String, Object> schema) {
        Map<String, Object> properties = AsyncApiDocument.map(schema.get("properties"));
        Set<String> names = new TreeSet<>();
        Set<String> required = new TreeSet<>();
        for (RecordComponent component : record.getRecordComponents()) {
            names.add(component.getName());
            if (!isNullable(component)) {
                required.add(component.getName());
            }
        }
        assertThat(new TreeSet<>(properties.keySet())).as(where + ": fields").isEqualTo(names);
        assertThat(new TreeSet<>((List<?>) schema.get("required")))
                .as(where + ": required")
                .isEqualTo(required);
        for (RecordComponent component : record.getRecordComponents()) {
            String field = where + "." + component.getName();
            Map<String, Object> property = AsyncApiDocument.map(properties.get(component.getName()));
            Set<Object> types = types(property);
            assertThat(types.remove("null")).as(field + ": may be null").isEqualTo(isNullable(component));
            assertSameType(field, component.getGenericType(), types, property);
        }
    }

    private static void assertSameType(String field, Type type, Set<Object> types, Map<String, Object> schema) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            assertThat(types).as(field).containsExactly("array");
            Map<String, Object> items = AsyncApiDocument.map(schema.get("items"));
            assertSameType(field + "[]", list.getActualTypeArguments()[0], types(items), items);
        } else if (type instanceof Class<?> record && record.isRecord()) {
            assertThat(types).as(field).containsExactly("object");
            assertSame(field, record, schema);
        } else if (type instanceof Class<?> constants && constants.isEnum()) {
            assertThat(types).as(field).containsExactly("string");
            assertThat((List<?>) schema.get("enum"))
                    .as(field + ": values")
                    .map(String::valueOf)
                    .containsExactlyInAnyOrder(Arrays.stream(constants.getEnumConstants())
                            .map(String::valueOf)
                            .toArray(String[]::new));
        } else {
            assertThat(types).as(field).containsExactly(SIMPLE.get(type));
        }
    }

    private static Set<Object> types(Map<String, Object> schema) {
        Object type = schema.get("type");
        return new LinkedHashSet<>(type instanceof List<?> several ? several : List.of(type));
    }

    /** Nothing is missing that the class says is always there. */
    static void assertComplete(String where, Object event) {
        for (RecordComponent component : event.getClass().getRecordComponents()) {
            String field = where + "." + component.getName();
            Object value = value(component, event);
            if (value == null) {
                assertThat(isNullable(component)).as(field + " may be missing").isTrue();
            } else if (value.getClass().isRecord()) {
                assertComplete(field, value);
            } else if (value instanceof List<?> list) {
                list.stream().filter(item -> item.getClass().isRecord()).forEach(item -> assertComplete(field, item));
            }
        }
    }

    /** Whoever could read the earlier event finds every field of it in the later one, as the same kind of value. */
    static void assertStillThere(String where, JsonNode earlier, JsonNode later) {
        if (earlier.isObject()) {
            earlier.properties().forEach(field -> {
                assertThat(later.has(field.getKey()))
                        .as(where + "." + field.getKey() + " is still written")
                        .isTrue();
                assertStillThere(where + "." + field.getKey(), field.getValue(), later.get(field.getKey()));
            });
        } else if (earlier.isArray()) {
            assertThat(later.isArray()).as(where + " is an array").isTrue();
            if (!earlier.isEmpty() && !later.isEmpty()) {
                assertStillThere(where + "[]", earlier.get(0), later.get(0));
            }
        } else if (!earlier.isNull() && !later.isNull()) {
            assertThat(later.getNodeType()).as(where).isEqualTo(earlier.getNodeType());
        }
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static @Nullable Object value(RecordComponent component, Object event) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(event);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
