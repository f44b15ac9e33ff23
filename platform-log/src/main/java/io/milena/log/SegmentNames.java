package io.milena.log;

import java.nio.file.Path;

/**
 * Where a segment's files are, now: the directory may be renamed and the files marked for deletion while they are open. Paths
 * are made when they are needed; thousands of segments would keep thousands of them.
 */
final class SegmentNames {
    private final long baseOffset;
    private volatile Path directory;
    private volatile String mark;

    /** @param mark behind the usual suffix, for example {@code .swap}; empty for a file in service */
    SegmentNames(Path directory, long baseOffset, String mark) {
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.mark = mark;
    }

    Path path(String suffix) {
        return path(suffix, mark);
    }

    /** Where the file is with another mark. */
    Path path(String suffix, String otherMark) {
        return directory.resolve(LogNames.fileName(baseOffset, suffix + otherMark));
    }

    void movedTo(Path newDirectory) {
        directory = newDirectory;
    }

    void marked(String newMark) {
        mark = newMark;
    }
}
