package io.milena.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts what was learned of a server in the place of <code>${name}</code> in a question. */
final class Placeholders {
    private static final Pattern NAME = Pattern.compile("\\$\\{([^}]+)}");

    private Placeholders() {}

    /**
     * A copy with nothing left to replace.
     *
     * @throws IllegalStateException if a name is unknown
     */
    static JsonNode resolve(JsonNode body, Map<String, JsonNode> known) {
        return Json.mapTexts(body, text -> {
            Matcher matcher = NAME.matcher(text);
            if (matcher.matches()) {
                return value(matcher.group(1), known);
            }
            return Json.text(matcher.replaceAll(found ->
                    Matcher.quoteReplacement(value(found.group(1), known).asText())));
        });
    }

    private static JsonNode value(String name, Map<String, JsonNode> known) {
        JsonNode value = known.get(name);
        if (value == null) {
            throw new IllegalStateException("Nobody has said what ${" + name + "} is");
        }
        return value;
    }
}
