package io.milena.metadata.config;

import java.util.Map;

/** The levels of this process's loggers (KIP-412), in Kafka's names of levels. The logging library stays behind it. Thread-safe. */
public interface LoggerLevels {
    /** For a process whose logging cannot be changed: there are no loggers. */
    LoggerLevels NONE = new LoggerLevels() {
        @Override
        public Map<String, String> levels() {
            return Map.of();
        }

        @Override
        public void set(String logger, String level) {}

        @Override
        public void unset(String logger) {}
    };

    /** Every logger's effective level; the one named "root" gives all others their default. */
    Map<String, String> levels();

    /** Changes the level of a logger that {@link #levels()} has, until the process ends. */
    void set(String logger, String level);

    /** Lets the logger follow its parent again. */
    void unset(String logger);
}
