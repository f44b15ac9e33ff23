package io.milena.starter.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of settings in docs/starter.md, the generated metadata and the properties are one. */
class PropertiesTest {

    private static final Path GUIDE = Path.of("../../docs/starter.md");
    private static final Pattern ROW = Pattern.compile("\\| `(milena\\.[a-z.-]+)` \\| (?:`([^`]*)`)? ?\\|.*");

    @Test
    void every_property_is_in_the_guide_with_its_default_and_no_other_is() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(GUIDE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documented.put(row.group(1), row.group(2) == null ? "" : row.group(2));
            }
        }
        Map<String, String> generated = new TreeMap<>();
        metadata().forEach((name, property) -> {
            if (name.startsWith("milena.")) {
                generated.put(name, property.path("defaultValue").asString(""));
                assertThat(property.path("description").asString("")).as(name).isNotBlank();
            }
        });

        assertThat(documented.keySet()).isEqualTo(generated.keySet());
        generated.forEach((name, defaultValue) -> {
            if (!defaultValue.isEmpty()) {
                assertThat(documented.get(name)).as(name).isEqualTo(defaultValue);
            }
        });
    }

    private static Map<String, JsonNode> metadata() throws IOException {
        Map<String, JsonNode> properties = new TreeMap<>();
        String resource = "META-INF/spring-configuration-metadata.json";
        for (URL url : Collections.list(PropertiesTest.class.getClassLoader().getResources(resource))) {
            try (InputStream in = url.openStream()) {
                JsonMapper.shared()
                        .readTree(in)
                        .path("properties")
                        .forEach(
                                property -> properties.put(property.path("name").asString(), property));
            }
        }
        return properties;
    }
}
