package io.milena.broker.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's log: standard output, a line an event, level {@code MILENA_LOG_LEVEL} (INFO). Set up in code, because reading a
 * logback.xml costs a tenth of a second of every start; a file named by {@code -Dlogback.configurationFile} is read all the same.
 */
final class NodeLogging {
    private static final Map<String, Level> QUIETER = Map.of(
            "org.springframework", Level.WARN,
            "org.apache.kafka", Level.WARN,
            "io.netty", Level.WARN);

    private NodeLogging() {}

    /** Before anything logs. */
    static void configure() {
        // One configuration for the engine's and for Spring's lines, which Spring leaves alone.
        System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        if (System.getProperty("logback.configurationFile") != null
                || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        context.reset();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout(context));
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(System.getenv("MILENA_LOG_LEVEL"), Level.INFO));
        root.addAppender(console);
        QUIETER.forEach((name, level) -> context.getLogger(name).setLevel(level));
    }

    /** Messages and exceptions with control characters escaped: clients write parts of them. */
    static PatternLayout layout(LoggerContext context) {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.getInstanceConverterMap().put("safe", SafeMessageConverter::new);
        layout.getInstanceConverterMap().put("safeEx", SafeThrowableConverter::new);
        layout.setPattern("[%d{\"yyyy-MM-dd HH:mm:ss,SSS\"}] %p %safe \\(%logger{0}\\)%n%safeEx");
        layout.start();
        return layout;
    }
}
