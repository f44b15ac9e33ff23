package io.milena.broker.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class NodeLoggingTest {
    @Test
    void whatAClientWroteForgesNoLine() {
        // given
        LoggerContext context = new LoggerContext();
        String forged = "x\n[2026-01-01 00:00:00,000] INFO All is well\u001b[2J (Node)";
        IllegalStateException failure =
                new IllegalStateException("group " + forged, new IllegalArgumentException("topic " + forged));

        // when
        String lines = NodeLogging.layout(context)
                .doLayout(new LoggingEvent(
                        "fqcn", context.getLogger("a.Logger"), Level.WARN, "Client {}", failure, new Object[] {forged
                        }));

        // then
        assertThat(lines.lines())
                .noneMatch(line -> line.startsWith("[2026-01-01"))
                .anyMatch(line -> line.contains("WARN Client x\\n[2026-01-01"))
                .anyMatch(line -> line.contains("IllegalStateException: group x\\n"))
                .anyMatch(line -> line.startsWith("Caused by") && line.contains("topic x\\n"));
        assertThat(lines).doesNotContain("\u001b");
    }
}
