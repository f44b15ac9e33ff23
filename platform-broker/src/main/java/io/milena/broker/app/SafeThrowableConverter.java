package io.milena.broker.app;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import io.milena.wire.LogText;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Exceptions hold what clients wrote, too: control characters in their messages are escaped. */
public final class SafeThrowableConverter extends ThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy throwable) {
        return super.throwableProxyToString(new SafeThrowable(throwable));
    }

    private record SafeThrowable(IThrowableProxy unsafe) implements IThrowableProxy {
        @Override
        public @Nullable String getMessage() {
            String message = unsafe.getMessage();
            return message == null ? null : LogText.escape(message);
        }

        @Override
        public String getClassName() {
            return unsafe.getClassName();
        }

        @Override
        public StackTraceElementProxy[] getStackTraceElementProxyArray() {
            return unsafe.getStackTraceElementProxyArray();
        }

        @Override
        public int getCommonFrames() {
            return unsafe.getCommonFrames();
        }

        @Override
        public @Nullable IThrowableProxy getCause() {
            IThrowableProxy cause = unsafe.getCause();
            return cause == null ? null : new SafeThrowable(cause);
        }

        @Override
        public IThrowableProxy[] getSuppressed() {
            IThrowableProxy[] suppressed = unsafe.getSuppressed();
            return suppressed == null
                    ? new IThrowableProxy[0]
                    : Arrays.stream(suppressed).map(SafeThrowable::new).toArray(IThrowableProxy[]::new);
        }

        @Override
        public boolean isCyclic() {
            return unsafe.isCyclic();
        }
    }
}
