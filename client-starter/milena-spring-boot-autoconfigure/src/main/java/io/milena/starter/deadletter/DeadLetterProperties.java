package io.milena.starter.deadletter;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Dead letters of this service.
 *
 * @param rest the REST controller that lists, redrives and discards them; Actuator's endpoint deadletters is there without it
 */
@ConfigurationProperties("milena.deadletters")
public record DeadLetterProperties(@DefaultValue Rest rest) {

    /**
     * The REST controller.
     *
     * @param enabled whether there is one; it has no protection of its own
     * @param path where
     */
    public record Rest(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("/dead-letters") String path) {

        public Rest {
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException(
                        "milena.deadletters.rest.path must begin with '/', not '" + path + "'");
            }
        }
    }
}
