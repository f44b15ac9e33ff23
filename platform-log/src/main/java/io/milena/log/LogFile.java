package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The channel of one segment's file: opened on first use, counted while readers hold it, closed when nobody does and it is
 * idle or discarded. An interrupt of a thread in the middle of I/O closes a FileChannel for everybody; it is then opened
 * again, so that one interrupted thread does not take a partition down.
 */
final class LogFile {
    private static final Set<StandardOpenOption> OPTIONS =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final SegmentNames names;
    private volatile @Nullable FileChannel channel;
    private int users;
    private boolean discarded;
    private boolean usedSinceSweep;

    LogFile(SegmentNames names) {
        this.names = names;
    }

    Path path() {
        return names.path(LogNames.LOG);
    }

    /** The open channel. Callers hold the partition's lock or an {@link #acquire}. */
    FileChannel channel() throws IOException {
        FileChannel open = channel;
        return open != null && open.isOpen() ? open : reopen();
    }

    private synchronized FileChannel reopen() throws IOException {
        FileChannel open = channel;
        if (open == null || !open.isOpen()) {
            open = FileChannel.open(path(), OPTIONS);
            channel = open;
        }
        usedSinceSweep = true;
        return open;
    }

    /** Keeps the file open until {@link #release()}. */
    synchronized void acquire() throws IOException {
        if (discarded && users == 0) {
            throw new ClosedChannelException();
        }
        users++;
        usedSinceSweep = true;
        try {
            channel();
        } catch (IOException e) {
            users--;
            throw e;
        }
    }

    synchronized void release() {
        if (--users == 0 && discarded) {
            closeQuietly();
        }
    }

    /** Nobody will ask for it any more: close now or when the last reader is through. */
    synchronized void discard() {
        discarded = true;
        if (users == 0) {
            closeQuietly();
        }
    }

    /** Closes the channel unless a reader holds it; it opens again on use. */
    synchronized void rest() {
        if (users == 0) {
            closeQuietly();
        }
    }

    /** Closes the channel if it was not used since the last sweep; it opens again on use. */
    synchronized void sweep() {
        if (!usedSinceSweep && users == 0) {
            closeQuietly();
        }
        usedSinceSweep = false;
    }

    /** Writes all of {@code bytes} at {@code position}. */
    void write(ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        boolean interrupted = false;
        while (true) {
            try {
                long at = position;
                FileChannel out = channel();
                while (bytes.hasRemaining()) {
                    at += out.write(bytes, at);
                }
                break;
            } catch (ClosedByInterruptException e) {
                interrupted = Thread.interrupted();
                bytes.position(start);
            }
        }
        usedSinceSweep = true;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads until {@code target} is full or the file ends; returns bytes read. */
    int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        boolean interrupted = false;
        int total = 0;
        while (target.hasRemaining()) {
            try {
                int n = channel().read(target, position + total);
                if (n < 0) {
                    break;
                }
                total += n;
            } catch (ClosedByInterruptException e) {
                interrupted = Thread.interrupted();
                total = 0;
                target.position(start);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return total;
    }

    void truncate(long size) throws IOException {
        channel().truncate(size);
    }

    void force() throws IOException {
        channel().force(false);
    }

    private void closeQuietly() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException ignored) {
                // Everything that must be durable was forced before; a failing close loses nothing.
                return;
            }
        }
    }
}
