package io.milena.starter.outbox;

import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The column of headers: a JSON object of texts. */
final class StoredHeaders {

    private static final TypeReference<LinkedHashMap<String, String>> TEXTS = new TypeReference<>() {};

    private StoredHeaders() {}

    static String write(EventInfo info, Map<String, String> headers) {
        Map<String, String> all = new TreeMap<>(headers);
        all.put(EventHeaders.CORRELATION_ID, info.correlationId());
        if (info.causationId() != null) {
            all.put(EventHeaders.CAUSATION_ID, info.causationId());
        }
        return JsonMapper.shared().writeValueAsString(all);
    }

    static Map<String, String> read(@Nullable String column) {
        return column == null ? new LinkedHashMap<>() : JsonMapper.shared().readValue(column, TEXTS);
    }
}
