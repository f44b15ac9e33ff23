package io.milena.wire;

import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;

/** A part of a file, as the log would give it to a fetch. */
record FileSlice(FileChannel channel, long position, int sizeInBytes, AtomicInteger released)
        implements FileBackedRecords {
    @Override
    public void release() {
        released.incrementAndGet();
    }
}
