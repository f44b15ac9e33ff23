package io.milena.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A crash in the middle of Kafka's cleaner or segment split leaves {@code .cleaned} files (not finished: deleted) or
 * {@code .swap} files (finished: they replace the segments whose offsets they cover).
 */
final class InterruptedSwap {
    private static final Logger LOG = LoggerFactory.getLogger(InterruptedSwap.class);
    private final Path directory;

    InterruptedSwap(Path directory) {
        this.directory = directory;
    }

    /** Finishes the swap; returns the names in the directory afterwards. */
    String[] complete() throws IOException {
        long firstCleaned = Long.MAX_VALUE;
        for (String name : list()) {
            if (name.endsWith(LogNames.CLEANED)) {
                firstCleaned = Math.min(firstCleaned, LogNames.offsetOf(name));
                Files.delete(directory.resolve(name));
            }
        }
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (String name : list()) {
            if (name.endsWith(LogNames.SWAP) && LogNames.offsetOf(name) >= firstCleaned) {
                Files.delete(directory.resolve(name));
            } else if (name.endsWith(LogNames.LOG + LogNames.SWAP)) {
                from = Math.min(from, LogNames.offsetOf(name));
                to = Math.max(to, endOf(LogNames.offsetOf(name)));
            }
        }
        for (String name : list()) {
            long offset = LogNames.offsetOf(name);
            boolean replaced = !name.endsWith(LogNames.SWAP) && !name.endsWith(LogNames.STRAY);
            if (replaced && offset >= from && offset < to) {
                LOG.info("{} was replaced by a cleaned segment and is deleted", directory.resolve(name));
                Files.delete(directory.resolve(name));
            }
        }
        for (String name : list()) {
            if (name.endsWith(LogNames.SWAP)) {
                String target = name.substring(0, name.length() - LogNames.SWAP.length());
                Files.move(directory.resolve(name), directory.resolve(target), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return list();
    }

    private long endOf(long baseOffset) throws IOException {
        LogFile file = new LogFile(new SegmentNames(directory, baseOffset, LogNames.SWAP), true);
        try {
            long next = baseOffset;
            BatchScanner scanner =
                    new BatchScanner(file, 0, Math.toIntExact(Files.size(file.path())), BatchScanner.SCAN_WINDOW);
            while (scanner.next()) {
                next = scanner.lastOffset() + 1;
            }
            return next;
        } finally {
            file.discard();
        }
    }

    private String[] list() throws IOException {
        return PlainFile.list(directory);
    }
}
