package io.milena.demo;

import io.milena.demo.load.UsageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where broker and databases live: the user's directory, or a temporary one that goes away with the demo. */
record DataDirectory(Path path, boolean temporary) implements AutoCloseable {

    static DataDirectory open(@Nullable Path wanted) {
        try {
            if (wanted != null) {
                return new DataDirectory(Files.createDirectories(wanted), false);
            }
            return new DataDirectory(Files.createTempDirectory("milena-demo-"), true);
        } catch (IOException e) {
            throw new UsageException("cannot use the directory " + wanted + ": " + e);
        }
    }

    @Override
    public void close() {
        if (!temporary) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            files.sorted(Comparator.reverseOrder()).forEach(DataDirectory::delete);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("could not delete " + path + ": " + e.getMessage());
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
