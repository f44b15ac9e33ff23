package io.milena.starter.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.function.Supplier;

/** Fails once more bytes were read than may be. */
final class CountedStream extends ServletInputStream {

    private final ServletInputStream stream;
    private final Supplier<? extends RuntimeException> tooMany;
    private long left;

    CountedStream(ServletInputStream stream, long limit, Supplier<? extends RuntimeException> tooMany) {
        this.stream = stream;
        this.left = limit;
        this.tooMany = tooMany;
    }

    @Override
    public int read() throws IOException {
        int read = stream.read();
        count(read < 0 ? 0 : 1);
        return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = stream.read(bytes, offset, length);
        count(Math.max(0, read));
        return read;
    }

    private void count(int bytes) {
        left -= bytes;
        if (left < 0) {
            throw tooMany.get();
        }
    }

    @Override
    public boolean isFinished() {
        return stream.isFinished();
    }

    @Override
    public boolean isReady() {
        return stream.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        stream.setReadListener(listener);
    }
}
