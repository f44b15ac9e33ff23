package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes a good request in one field at a time: numbers at their bounds, texts empty, long and odd, ids nobody has, arrays null, empty and
 * with their first element twice.
 */
final class Mutations {
    private static final List<String> TEXTS = List.of("", "nobody", "..", "a b/\u2603", "x".repeat(300));
    private static final List<String> UUIDS =
            List.of("AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAQ", "bm9ib2R5IGhhcyB0aGlzIQ");
    /** Base64: nothing, one byte, and sixteen that mean nothing. */
    private static final List<String> BYTES = List.of("", "AA==", "/////////////////////w==");

    private final List<Mutation> all = new ArrayList<>();
    private final ObjectNode root;

    /**
     * A request that differs from a good one in one place.
     *
     * @param name the place and what stands there
     */
    record Mutation(String name, JsonNode body) {}

    private Mutations(ObjectNode root) {
        this.root = root;
    }

    /** All changes of {@code good}, which is complete. */
    static List<Mutation> of(Shape shape, ObjectNode good) {
        Mutations mutations = new Mutations(good.deepCopy());
        mutations.visit(shape, mutations.root, "");
        return mutations.all;
    }

    private void visit(Shape shape, ObjectNode node, String path) {
        for (Shape.Part part : shape.parts()) {
            JsonNode good = node.get(part.name());
            String place = path + part.name();
            for (JsonNode value : part.array() ? arrays(part, good) : values(part)) {
                if (!value.equals(good) && !(part.name().equals("timeoutMs") && isShort(value))) {
                    node.set(part.name(), value);
                    all.add(new Mutation(place + "=" + shown(value), root.deepCopy()));
                }
            }
            if (good == null) {
                node.remove(part.name());
            } else {
                node.set(part.name(), good);
                descend(part, good, place);
            }
        }
    }

    private void descend(Shape.Part part, JsonNode good, String place) {
        Shape struct = part.struct();
        if (struct != null && good instanceof ObjectNode object) {
            visit(struct, object, place + ".");
        } else if (good instanceof ArrayNode array && !array.isEmpty()) {
            if (struct != null && array.get(0) instanceof ObjectNode first) {
                visit(struct, first, place + "[0].");
            } else if (struct == null) {
                elements(part, array, place);
            }
        }
    }

    private void elements(Shape.Part part, ArrayNode array, String place) {
        JsonNode good = array.get(0);
        for (JsonNode value : plain(part.type().toString())) {
            if (!value.equals(good)) {
                array.set(0, value);
                all.add(new Mutation(place + "[0]=" + shown(value), root.deepCopy()));
            }
        }
        array.set(0, good);
    }

    private static List<JsonNode> arrays(Shape.Part part, @org.jspecify.annotations.Nullable JsonNode good) {
        List<JsonNode> values = new ArrayList<>();
        if (part.nullable()) {
            values.add(NullNode.instance);
        }
        values.add(Json.array());
        if (good instanceof ArrayNode array && !array.isEmpty()) {
            values.add(array.deepCopy().add(array.get(0).deepCopy()));
        } else if (part.struct() != null) {
            values.add(Json.array().add(part.struct().complete(null)));
        } else {
            plain(part.type().toString())
                    .forEach(value -> values.add(Json.array().add(value)));
        }
        return values;
    }

    private static List<JsonNode> values(Shape.Part part) {
        List<JsonNode> values = new ArrayList<>();
        if (part.nullable()) {
            values.add(NullNode.instance);
        }
        Shape struct = part.struct();
        if (struct != null) {
            values.add(struct.complete(null));
        } else {
            values.addAll(plain(part.type().toString()));
        }
        return values;
    }

    private static List<JsonNode> plain(String type) {
        switch (type) {
            case "BOOLEAN":
                return List.of(BooleanNode.TRUE, BooleanNode.FALSE);
            case "INT8":
                return ints(0, 1, 2, -1, -2, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case "INT16":
                return ints(0, 1, -1, -2, Short.MIN_VALUE, Short.MAX_VALUE);
            case "UINT16":
                return ints(0, 1, 65_535);
            case "UINT32":
                return List.of(LongNode.valueOf(0), LongNode.valueOf(4_294_967_295L));
            case "INT32":
                return ints(0, 1, 7, -1, -2, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "INT64":
                return List.of(
                        LongNode.valueOf(0),
                        LongNode.valueOf(7),
                        LongNode.valueOf(-1),
                        LongNode.valueOf(-6),
                        LongNode.valueOf(Long.MIN_VALUE),
                        LongNode.valueOf(Long.MAX_VALUE));
            case "FLOAT64":
                return List.of(DoubleNode.valueOf(0), DoubleNode.valueOf(-1), DoubleNode.valueOf(Double.NaN));
            case "UUID":
                return UUIDS.stream().map(Json::text).toList();
            default:
                return (type.contains("STRING") ? TEXTS : BYTES)
                        .stream().map(Json::text).toList();
        }
    }

    private static List<JsonNode> ints(int... values) {
        List<JsonNode> nodes = new ArrayList<>();
        for (int value : values) {
            nodes.add(IntNode.valueOf(value));
        }
        return nodes;
    }

    /** A time that is over before or after the answer, as it happens. */
    private static boolean isShort(JsonNode timeoutMs) {
        return timeoutMs.asLong() > 0 && timeoutMs.asLong() < 1_000;
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 40) + "… (" + text.length() + ")";
    }
}
