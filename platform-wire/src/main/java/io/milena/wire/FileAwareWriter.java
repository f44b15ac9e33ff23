package io.milena.wire;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Writes a response body: short file-backed records are copied, long ones are noted as regions at their offset. */
final class FileAwareWriter extends BufferWriter {

    /** Below this size, reading into the buffer is cheaper than one more write and one more system call. */
    static final int COPY_BYTES = Integer.getInteger("milena.wire.copy.bytes", 16 * 1024);

    private List<Region> regions = List.of();
    private long regionBytes;
    private int taken;

    FileAwareWriter(ByteBuf out) {
        super(out);
    }

    /** Records that go to the socket once {@code offset} bytes of the buffer have gone there. */
    record Region(int offset, FileBackedRecords records) {}

    @Override
    void file(FileBackedRecords records) {
        int bytes = records.sizeInBytes();
        if (bytes > COPY_BYTES) {
            if (regions.isEmpty()) {
                regions = new ArrayList<>();
            }
            regions.add(new Region(out.writerIndex(), records));
            regionBytes += bytes;
            taken++;
            return;
        }
        copy(records, bytes);
        taken++;
        records.release();
    }

    private void copy(FileBackedRecords records, int bytes) {
        out.ensureWritable(bytes);
        long position = records.position();
        int left = bytes;
        try {
            while (left > 0) {
                int read = out.writeBytes(records.channel(), position, left);
                if (read < 0) {
                    throw new EOFException(
                            "The file ends at " + position + ", " + left + " bytes before the records do.");
                }
                position += read;
                left -= read;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Records cannot be read from their file.", e);
        }
    }

    List<Region> regions() {
        return regions;
    }

    long regionBytes() {
        return regionBytes;
    }

    /** How many file-backed records have been copied or noted. */
    int taken() {
        return taken;
    }

    /** For a response that is given up: nobody else releases what was noted. */
    void releaseRegions() {
        for (Region region : regions) {
            region.records().release();
        }
    }
}
