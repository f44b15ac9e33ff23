package io.milena.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The {@code .lock} file of a log directory: one process at a time, Kafka's included. Released when the process ends. */
public final class DirectoryLock implements AutoCloseable {
    private static final String NAME = ".lock";
    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Locks {@code directory}.
     *
     * @throws KafkaException if another process, or another node in this one, holds it
     * @throws IOException if the lock file cannot be created
     */
    public static DirectoryLock acquire(Path directory) throws IOException {
        Path path = directory.resolve(NAME);
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel);
        if (lock == null) {
            channel.close();
            throw new KafkaException("Failed to acquire lock on file " + path
                    + ". A Kafka or Milena instance in another process or thread is using this directory.");
        }
        return new DirectoryLock(channel);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Lets other processes in. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The operating system releases the lock with the process at the latest.
            return;
        }
    }
}
