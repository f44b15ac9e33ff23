package io.milena.starter.event;

import java.util.Collection;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON of events: a mapper of their own, because it is a contract with other services that the settings of this one's REST must not change.
 * A bean of this type takes the place of the starter's.
 */
public record EventJson(JsonMapper mapper) {

    /**
     * Names as in the record, times in ISO 8601, unknown properties ignored (other services may add some), and 1.5 is not 1.
     *
     * @param modules for types of the application
     */
    public static EventJson with(Collection<? extends JacksonModule> modules) {
        return new EventJson(JsonMapper.builder()
                .findAndAddModules()
                .addModules(modules.toArray(JacksonModule[]::new))
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS, DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .build());
    }
}
