package io.milena.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** Small files that are replaced as a whole: written beside, synced, renamed. A reader sees the old or the new one. */
final class AtomicFile {
    private AtomicFile() {}

    static void write(Path path, Iterable<String> lines, boolean sync) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append(line).append('\n');
        }
        write(path, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)), sync);
    }

    static void write(Path path, ByteBuffer content, boolean sync) throws IOException {
        Path beside = path.resolveSibling(path.getFileName() + ".tmp");
        PlainFile.write(beside, 0, content, sync);
        Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE);
        if (sync) {
            PlainFile.syncDirectory(parentOf(path));
        }
    }

    private static Path parentOf(Path path) {
        return Objects.requireNonNull(path.toAbsolutePath().getParent(), "A file has a directory");
    }
}
