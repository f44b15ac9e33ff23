package io.milena.demo;

import io.milena.demo.load.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where broker and databases live: the user's directory, which one demo at a time may use, or a temporary one that goes away with the demo.
 *
 * @param lock held on the user's directory, null on a temporary one
 */
record DataDirectory(Path path, @Nullable FileChannel lock) implements AutoCloseable {

    /** While services still start, files may appear in a directory that is being deleted. */
    private static final int ATTEMPTS = 5;

    static DataDirectory open(@Nullable Path wanted) {
        try {
            return wanted == null
                    ? new DataDirectory(Files.createTempDirectory("milena-demo-"), null)
                    : new DataDirectory(wanted, locked(Files.createDirectories(wanted)));
        } catch (IOException e) {
            throw new UsageException("cannot use the directory " + wanted + ": " + e);
        }
    }

    private static FileChannel locked(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve("demo.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException inThisJvm) {
            // told below
        }
        channel.close();
        throw new UsageException("a demo is running in " + directory + "; end it, or choose another --data DIR");
    }

    boolean temporary() {
        return lock == null;
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
            return;
        }
        IOException failure = new IOException("could not delete " + path);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (Stream<Path> files = Files.walk(path)) {
                files.sorted(Comparator.reverseOrder()).forEach(DataDirectory::delete);
                return;
            } catch (IOException | UncheckedIOException e) {
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
