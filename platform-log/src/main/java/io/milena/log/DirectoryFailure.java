package io.milena.log;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Why a log directory is offline.
 *
 * @param directory which one
 * @param what what was being done, with file and offsets
 * @param cause the error
 * @param kind what is to be done about it
 */
record DirectoryFailure(Path directory, String what, IOException cause, Kind kind) {
    /** Less than a file system gives to anybody: a volume with less is full, whatever the error says. */
    private static final long NOTHING_BYTES = 64 * 1024;

    /** What is to be done about a failure. */
    enum Kind {
        /** Nothing written is lost; the directory comes back by itself when there is room. */
        FULL("free space on its volume; it comes back by itself then"),
        /** Nothing written is lost; the directory comes back by itself when it can be written again. */
        READ_ONLY("make it writable again (mount options, permissions); it comes back by itself then"),
        /** What was written lately may be lost: only a restart, which looks at all files anew, brings it back. */
        BROKEN("check the disk, then restart this broker");

        private final String advice;

        Kind(String advice) {
            this.advice = advice;
        }
    }

    static DirectoryFailure of(Path directory, String what, IOException cause) {
        return new DirectoryFailure(directory, what, cause, kindOf(directory, cause));
    }

    static DirectoryFailure broken(Path directory, String what) {
        return new DirectoryFailure(directory, what, new IOException("the disk is not to be trusted"), Kind.BROKEN);
    }

    /** Whether the directory may come back without a restart. */
    boolean isPassing() {
        return kind != Kind.BROKEN;
    }

    private static Kind kindOf(Path directory, IOException error) {
        for (Throwable each = error; each != null; each = each.getCause()) {
            Kind said = each instanceof AccessDeniedException ? Kind.READ_ONLY : kindBy(each.getMessage());
            if (said != null) {
                return said;
            }
        }
        try {
            FileStore volume = Files.getFileStore(directory);
            if (volume.isReadOnly()) {
                return Kind.READ_ONLY;
            }
            return volume.getUsableSpace() < NOTHING_BYTES ? Kind.FULL : Kind.BROKEN;
        } catch (IOException unreachable) {
            return Kind.BROKEN;
        }
    }

    /** Java tells the system's error number only in words. */
    private static @Nullable Kind kindBy(@Nullable String message) {
        if (message == null) {
            return null;
        }
        if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
            return Kind.FULL;
        }
        boolean refused = message.contains("Read-only file system")
                || message.contains("Permission denied")
                || message.contains("Operation not permitted");
        return refused ? Kind.READ_ONLY : null;
    }

    /** One line for the operator: where, what, why, and what to do. */
    String forOperator(int replicas) {
        return "Log directory " + directory + " is offline, and " + replicas + " replicas with it. " + what + ": "
                + cause + ". What to do: " + kind.advice + ".";
    }
}
