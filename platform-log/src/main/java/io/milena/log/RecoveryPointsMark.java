package io.milena.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * {@code .milena-recovery-points}: says that the recovery points in the file beside it are ours, so that every segment that is
 * not flushed by them was begun by a process of ours, where the segment before it ended. After a crash a gap between two
 * such segments is a loss. Apache Kafka's broker leaves this file alone but rewrites the recovery points: then their checksum
 * is another, and gaps say nothing. A clean stop removes it.
 */
final class RecoveryPointsMark {
    private static final String NAME = ".milena-recovery-points";

    private RecoveryPointsMark() {}

    static boolean isValid(Path directory) throws IOException {
        try {
            String marked = new String(PlainFile.read(directory.resolve(NAME)), StandardCharsets.UTF_8);
            return marked.equals(checksum(directory) + "\n");
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Durable on return: what is written to the logs afterwards relies on it. */
    static void write(Path directory) throws IOException {
        if (!isValid(directory)) {
            AtomicFile.write(directory.resolve(NAME), List.of(checksum(directory)), true);
        }
    }

    static void delete(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve(NAME));
    }

    private static String checksum(Path directory) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(PlainFile.read(directory.resolve(OffsetCheckpointFile.RECOVERY_POINTS)));
        return Long.toHexString(crc.getValue());
    }
}
