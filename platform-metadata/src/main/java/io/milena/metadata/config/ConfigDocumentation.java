package io.milena.metadata.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Sentences about the keys, loaded when somebody asks: a start of a node does not need them. */
final class ConfigDocumentation {
    private static final class Lazy {
        static final Properties SENTENCES = load();
    }

    private ConfigDocumentation() {}

    static String of(ConfigDefinition definition) {
        String scoped = Lazy.SENTENCES.getProperty(definition.scope().id() + "/" + definition.name());
        return scoped != null ? scoped : Lazy.SENTENCES.getProperty(definition.name(), "");
    }

    private static Properties load() {
        Properties sentences = new Properties();
        try (InputStream in = ConfigDocumentation.class.getResourceAsStream("documentation.properties")) {
            if (in != null) {
                sentences.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read documentation.properties beside the configuration classes", e);
        }
        return sentences;
    }
}
