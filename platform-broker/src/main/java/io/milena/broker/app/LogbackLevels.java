package io.milena.broker.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.milena.metadata.config.LoggerLevels;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.LogLevelConfig;
import org.slf4j.LoggerFactory;

/** The levels of Logback's loggers. Logback is asked when an administrator asks, not at the start. */
final class LogbackLevels implements LoggerLevels {
    private static final String ROOT = "root";

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (Logger logger : context.getLoggerList()) {
                String name = logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME) ? ROOT : logger.getName();
                levels.put(name, logger.getEffectiveLevel().toString());
            }
        }
        return levels;
    }

    @Override
    public void set(String logger, String level) {
        change(logger, Level.toLevel(level.equals(LogLevelConfig.FATAL_LOG_LEVEL) ? "ERROR" : level));
    }

    @Override
    public void unset(String logger) {
        change(logger, null);
    }

    private static void change(String name, @org.jspecify.annotations.Nullable Level level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(name.equals(ROOT) ? org.slf4j.Logger.ROOT_LOGGER_NAME : name)
                    .setLevel(level);
        }
    }
}
