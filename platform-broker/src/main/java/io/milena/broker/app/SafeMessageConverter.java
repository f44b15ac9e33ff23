package io.milena.broker.app;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.milena.wire.LogText;

/** Messages hold what clients wrote (client ids, groups, topics, users): control characters in them are escaped, whoever logs. */
public final class SafeMessageConverter extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
        return LogText.escape(super.convert(event));
    }
}
