package io.milena.broker.fetch;

import io.milena.log.LogSlice;
import io.milena.wire.FileBackedRecords;
import java.nio.channels.FileChannel;

/** A stretch of a log on its way out: the log's slice as the wire wants to see it. */
final class SliceRecords implements FileBackedRecords {
    private final LogSlice slice;

    SliceRecords(LogSlice slice) {
        this.slice = slice;
    }

    @Override
    public FileChannel channel() {
        return slice.channel();
    }

    @Override
    public long position() {
        return slice.position();
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public void release() {
        slice.release();
    }
}
