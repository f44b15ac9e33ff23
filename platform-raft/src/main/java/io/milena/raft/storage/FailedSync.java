package io.milena.raft.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a failed fsync leaves (ADR 81). The kernel takes the pages for clean afterwards: a process that starts again reads them from the
 * page cache, its own fsync succeeds, and a power cut then takes what was never on the disk. So a mark is left beside the files, and whoever
 * opens them next writes them anew before believing them. The mark need not be durable: it is gone only with the page cache itself,
 * and what is read then is what the disk has.
 */
public final class FailedSync {
    static final String MARK = "sync-failed";
    private static final Logger LOG = LoggerFactory.getLogger(FailedSync.class);
    /** Left behind by a crash, it is removed when the log is opened. */
    private static final String COPY = ".cleaned";

    private static final int CHUNK_BYTES = 256 * 1024;

    private FailedSync() {}

    /** The files in {@code directory} may differ from what the disk has. Never fails: there is a failure to report already. */
    public static void note(Path directory) {
        try {
            Files.newByteChannel(directory.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Cannot note in {} that its files were not synced: {}", directory, e.toString());
        }
    }

    /** Whether a sync of the files in {@code directory} failed since they were last mended. */
    static boolean isNoted(Path directory) {
        return Files.exists(directory.resolve(MARK));
    }

    /** Before the log in {@code directory} is read: makes sure that the disk has what is read. */
    public static void mend(Path directory) {
        if (!isNoted(directory)) {
            return;
        }
        LOG.warn("{}: a sync failed when this node last ran; its log is written anew", directory);
        try {
            for (Path file : files(directory)) {
                Path copy = file.resolveSibling(file.getFileName() + COPY);
                copy(file, copy);
                AtomicFiles.moveDurably(copy, file);
            }
            Files.delete(directory.resolve(MARK));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the log in " + directory + " anew after a failed sync", e);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.endsWith(".log") || name.equals("leader-epoch-checkpoint");
                    })
                    .sorted()
                    .toList();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(
                        to,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
            while (in.read(chunk) >= 0) {
                chunk.flip();
                while (chunk.hasRemaining()) {
                    out.write(chunk);
                }
                chunk.clear();
            }
            out.force(true);
        }
    }
}
