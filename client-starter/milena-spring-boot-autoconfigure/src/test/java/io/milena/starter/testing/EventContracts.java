package io.milena.starter.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a service promises about events, against what it does: its AsyncAPI document against its classes, field by field; the document's
 * examples; and every event that was ever published (directory {@code contracts/events} of this repository), in both directions.
 */
public final class EventContracts {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String FIRST = "1-first.json";

    private final EventCodec codec;
    private final AsyncApiDocument document;
    private final Path published;

    private EventContracts(EventCodec codec, AsyncApiDocument document, Path published) {
        this.codec = codec;
        this.document = document;
        this.published = published;
    }

    /**
     * The tests of one service, to be returned by a {@code @TestFactory}.
     *
     * @param codec the service's own, with the events it knows
     * @param document its AsyncAPI document on the class path
     */
    public static Stream<DynamicTest> of(EventCodec codec, String document) {
        return new EventContracts(codec, AsyncApiDocument.load(document), Path.of("..", "contracts", "events")).tests();
    }

    private Stream<DynamicTest> tests() {
        List<DynamicTest> tests = new ArrayList<>();
        tests.add(dynamicTest("the document names the events that the service knows", () -> {
            assertThat(document.version()).startsWith("3.");
            assertThat(document.messages().keySet())
                    .containsExactlyInAnyOrderElementsOf(codec.types().names());
            assertThat(codec.types().names())
                    .allMatch(type -> document.messagesOf("send").contains(type)
                            || document.messagesOf("receive").contains(type));
        }));
        document.messages().forEach((type, message) -> {
            tests.add(dynamicTest(
                    type + ": document and class are the same",
                    () -> EventShape.assertSame(type, codec.types().classOf(type), document.payload(message))));
            tests.add(dynamicTest(type + ": the document's examples are read", () -> checkExamples(type, message)));
            tests.add(dynamicTest(type + ": every event ever published is read", () -> checkPublished(type)));
            if (document.messagesOf("send").contains(type)) {
                tests.add(dynamicTest(
                        type + ": who could read the first one can read today's", () -> checkFirst(type, message)));
            }
        });
        return tests.stream();
    }

    private void checkExamples(String type, Map<String, Object> message) {
        assertThat(AsyncApiDocument.examples(message)).isNotEmpty();
        for (Object example : AsyncApiDocument.examples(message)) {
            JsonNode json = JSON.valueToTree(example);
            Object event = read(type, json.toString());
            EventShape.assertComplete(type, event);
            if (document.messagesOf("send").contains(type)) {
                assertThat(JSON.readTree(codec.write(event))).isEqualTo(json);
            }
        }
    }

    private void checkPublished(String type) throws IOException {
        try (Stream<Path> files = Files.list(published.resolve(type))) {
            List<Path> all = files.sorted().toList();
            assertThat(all).as("events of type " + type).hasSizeGreaterThan(1);
            for (Path file : all) {
                EventShape.assertComplete(file.toString(), read(type, Files.readString(file)));
            }
        }
    }

    private void checkFirst(String type, Map<String, Object> message) throws IOException {
        JsonNode first = JSON.readTree(Files.readString(published.resolve(type).resolve(FIRST)));
        for (Object example : AsyncApiDocument.examples(message)) {
            Object today = read(type, JSON.valueToTree(example).toString());
            EventShape.assertStillThere(type, first, JSON.readTree(codec.write(today)));
        }
    }

    private Object read(String type, String json) {
        return codec.read(new EventInfo("id", type, "test", null, "key"), json.getBytes(StandardCharsets.UTF_8));
    }
}
