package io.milena.starter.testing;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** As much of an AsyncAPI 3 document as events need: messages with schema and examples, and which of them are sent. */
final class AsyncApiDocument {

    private final Map<String, Object> root;

    private AsyncApiDocument(Map<String, Object> root) {
        this.root = root;
    }

    static AsyncApiDocument load(String resource) {
        try (InputStream in = AsyncApiDocument.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no " + resource + " on the class path");
            }
            return new AsyncApiDocument(map(new Yaml(new SafeConstructor(new LoaderOptions())).load(in)));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + resource, e);
        }
    }

    String version() {
        return String.valueOf(root.get("asyncapi"));
    }

    /** Messages by name. */
    Map<String, Map<String, Object>> messages() {
        Map<String, Map<String, Object>> messages = new LinkedHashMap<>();
        map(at(root, "components", "messages")).forEach((name, message) -> messages.put(name, map(message)));
        return messages;
    }

    /** The names of the messages of all channels that an operation with this action works on. */
    Set<String> messagesOf(String action) {
        return map(root.get("operations")).values().stream()
                .map(AsyncApiDocument::map)
                .filter(operation -> operation.get("action").equals(action))
                .map(operation -> resolve(map(operation.get("channel"))))
                .flatMap(channel -> map(channel.get("messages")).values().stream())
                .map(message -> (String) resolve(map(message)).get("name"))
                .collect(Collectors.toSet());
    }

    Map<String, Object> payload(Map<String, Object> message) {
        return resolve(map(message.get("payload")));
    }

    static List<Object> examples(Map<String, Object> message) {
        return ((List<?>) message.get("examples"))
                .stream().map(example -> map(example).get("payload")).toList();
    }

    private Map<String, Object> resolve(Map<String, Object> schema) {
        return schema.get("$ref") instanceof String reference
                ? map(at(root, reference.substring("#/".length()).split("/")))
                : schema;
    }

    private static Object at(Map<String, Object> from, String... path) {
        Object found = from;
        for (String step : path) {
            found = map(found).get(step);
            if (found == null) {
                throw new IllegalArgumentException("the document has no " + String.join("/", path));
            }
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }
}
