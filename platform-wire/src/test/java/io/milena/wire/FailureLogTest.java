package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.ControllerRegistrationRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.milena.wire");
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();

    @BeforeEach
    void listen() {
        events.start();
        logger.addAppender(events);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(events);
    }

    private ILoggingEvent failed(RuntimeException failure) throws Exception {
        ApiHandler<ControllerRegistrationRequestData> handler =
                WireFixture.handler(ApiKeys.CONTROLLER_REGISTRATION, exchange -> {
                    throw failure;
                });
        try (WireFixture fixture = WireFixture.with(handler).start();
                RawClient client = new RawClient(fixture.port())) {
            client.send(RawClient.frame(
                    ApiKeys.CONTROLLER_REGISTRATION, (short) 0, 1, new ControllerRegistrationRequestData()));
            client.receive();
        }
        return events.list.stream()
                .filter(each -> each.getLevel().isGreaterOrEqual(Level.WARN))
                .reduce((one, other) -> {
                    throw new AssertionError("Told twice: " + one + " and " + other);
                })
                .orElseThrow();
    }

    @Test
    void aFailureThatWasDecidedTakesOneLineThatNamesClientAndRequest() throws Exception {
        // when
        ILoggingEvent event = failed(new CompletionException(new UnknownServerException("what was sent is absurd")));

        // then
        assertThat(event.getLevel()).isEqualTo(Level.WARN);
        assertThat(event.getThrowableProxy()).isNull();
        assertThat(event.getFormattedMessage())
                .contains("CONTROLLER_REGISTRATION", "127.0.0.1", "TEST", "what was sent is absurd")
                .doesNotContain("\n");
    }

    @Test
    void aFaultOfOursKeepsItsStackTrace() throws Exception {
        // when
        ILoggingEvent event = failed(new IllegalStateException("a fault"));

        // then
        assertThat(event.getLevel()).isEqualTo(Level.ERROR);
        assertThat(event.getThrowableProxy()).isNotNull();
    }
}
