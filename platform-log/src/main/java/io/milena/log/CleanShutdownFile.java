package io.milena.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code .kafka_cleanshutdown}: says that everything in the directory was flushed, and with which broker epoch (KIP-966, so
 * that the controller knows a clean restart). Written last, deleted first.
 */
final class CleanShutdownFile {
    static final long UNKNOWN_EPOCH = -1;
    private static final String NAME = ".kafka_cleanshutdown";
    private static final String EPOCH_KEY = "\"brokerEpoch\"";

    private CleanShutdownFile() {}

    static boolean exists(Path directory) {
        return Files.exists(directory.resolve(NAME));
    }

    /** The broker epoch, -1 if there is none to be read. */
    static long brokerEpoch(Path directory) throws IOException {
        String text;
        try {
            text = new String(PlainFile.read(directory.resolve(NAME)), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return UNKNOWN_EPOCH;
        }
        int key = text.indexOf(EPOCH_KEY);
        int from = key < 0 ? -1 : text.indexOf(':', key);
        if (from < 0) {
            return UNKNOWN_EPOCH;
        }
        int to = from + 1;
        while (to < text.length() && text.charAt(to) != ',' && text.charAt(to) != '}') {
            to++;
        }
        try {
            return Long.parseLong(text.substring(from + 1, to).trim());
        } catch (NumberFormatException e) {
            return UNKNOWN_EPOCH;
        }
    }

    static void write(Path directory, long brokerEpoch) throws IOException {
        AtomicFile.write(directory.resolve(NAME), List.of("{\"version\":0,\"brokerEpoch\":" + brokerEpoch + "}"), true);
    }

    /** Durable on return: a later crash must not find the file again. */
    static void delete(Path directory) throws IOException {
        if (Files.deleteIfExists(directory.resolve(NAME))) {
            PlainFile.syncDirectory(directory);
        }
    }
}
