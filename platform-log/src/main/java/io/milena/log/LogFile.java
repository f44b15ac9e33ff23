package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
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
    private static final Set<StandardOpenOption> EXISTING = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<StandardOpenOption> NEW =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final SegmentNames names;
    private volatile @Nullable FileChannel channel;
    private boolean exists;
    private int users;
    private boolean discarded;
    private boolean usedSinceSweep;

    /** @param exists false for a new segment: the file is made when it is opened first */
    LogFile(SegmentNames names, boolean exists) {
        this.names = names;
        this.exists = exists;
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
            open = FileChannel.open(path(), exists ? EXISTING : NEW);
            exists = true;
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
        uninterrupted(file -> {
            bytes.position(start);
            long at = position;
            while (bytes.hasRemaining()) {
                at += file.write(bytes, at);
            }
        });
        usedSinceSweep = true;
    }

    /** Reads until {@code target} is full or the file ends; returns bytes read. */
    int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        uninterrupted(file -> {
            target.position(start);
            int n = 0;
            while (target.hasRemaining() && n >= 0) {
                n = file.read(target, position + target.position() - start);
            }
        });
        return target.position() - start;
    }

    void truncate(long size) throws IOException {
        uninterrupted(file -> file.truncate(size));
    }

    void force() throws IOException {
        uninterrupted(file -> file.force(false));
    }

    private interface Access {
        void on(FileChannel file) throws IOException;
    }

    /** An interrupt, of this thread or of another one in the same channel, closes it: open it again and do it once more. */
    private void uninterrupted(Access access) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    access.on(channel());
                    return;
                } catch (ClosedChannelException e) {
                    interrupted |= Thread.interrupted();
                    if (isGone()) {
                        throw e;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized boolean isGone() {
        return discarded && users == 0;
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
