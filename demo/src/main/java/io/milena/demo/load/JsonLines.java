package io.milena.demo.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads a file of JSON objects, one a line. Whatever is wrong is said with file, line and reason, before anything starts. */
public final class JsonLines {

    private static final JsonMapper JSON = JsonMapper.shared();

    private JsonLines() {}

    /** @param <T> what a line becomes */
    public record Lines<T>(String name, List<T> values) {}

    /**
     * Reads a file.
     *
     * @param file null for the resource of the sample
     * @param parse makes a value of a line, or throws {@link IllegalArgumentException} with what is wrong
     * @param identity what may occur only once
     */
    public static <T> Lines<T> read(
            @Nullable Path file, String resource, Function<Line, T> parse, Function<T, String> identity) {
        String name = file == null ? "the sample " + resource : file.toString();
        List<T> values = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        int number = 0;
        try (BufferedReader reader = open(file, resource)) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                number++;
                if (text.isBlank()) {
                    continue;
                }
                T value = parse.apply(new Line(text, JSON.readTree(text)));
                Integer before = seen.putIfAbsent(identity.apply(value), number);
                if (before != null) {
                    throw new IllegalArgumentException(
                            "'" + identity.apply(value) + "' occurs a second time, first in line " + before);
                }
                values.add(value);
            }
        } catch (JacksonException e) {
            throw new UsageException(name + ", line " + number + ": not valid JSON: " + e.getOriginalMessage());
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + ", line " + number + ": " + e.getMessage());
        } catch (CharacterCodingException e) {
            throw new UsageException(name + ", line " + (number + 1) + ": not UTF-8 text");
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
        if (values.isEmpty()) {
            throw new UsageException(name + " is empty");
        }
        return new Lines<>(name, values);
    }

    /** One line, as text and as JSON. */
    public record Line(String text, JsonNode json) {

        String text(String field) {
            JsonNode value = json.get(field);
            if (value == null || !value.isString() || value.stringValue().isBlank()) {
                throw new IllegalArgumentException("'" + field + "' must be a text, not " + shown(value));
            }
            return value.stringValue();
        }

        /** A whole number, at least {@code least}. */
        int number(String field, int least) {
            JsonNode value = json.get(field);
            if (value == null || !value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < least) {
                throw new IllegalArgumentException(
                        "'" + field + "' must be a whole number of at least " + least + ", not " + shown(value));
            }
            return value.intValue();
        }

        List<Line> list(String field) {
            JsonNode value = json.get(field);
            if (value == null || !value.isArray() || value.isEmpty()) {
                throw new IllegalArgumentException("'" + field + "' must be a list with at least one element");
            }
            List<Line> elements = new ArrayList<>();
            value.forEach(element -> elements.add(new Line(element.toString(), element)));
            return elements;
        }

        private static String shown(@Nullable JsonNode value) {
            return value == null ? "missing" : value.toString();
        }
    }

    private static BufferedReader open(@Nullable Path file, String resource) throws IOException {
        if (file != null) {
            return Files.newBufferedReader(file);
        }
        InputStream stream = JsonLines.class.getResourceAsStream("/" + resource);
        if (stream == null) {
            throw new IOException("the resource " + resource + " is missing");
        }
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
    }
}
