package io.milena.log;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Small files beside the segments, read and written as a whole through streams: unlike channels, those do not mind an
 * interrupt of their thread.
 */
final class PlainFile {
    private PlainFile() {}

    /**
     * All bytes.
     *
     * @throws NoSuchFileException if there is no such file
     */
    static byte[] read(Path path) throws IOException {
        try (FileInputStream in = new FileInputStream(path.toFile())) {
            return in.readAllBytes();
        } catch (java.io.FileNotFoundException e) {
            if (Files.exists(path)) {
                throw e;
            }
            throw new NoSuchFileException(path.toString());
        }
    }

    static List<String> lines(Path path) throws IOException {
        return new String(read(path), StandardCharsets.UTF_8).lines().toList();
    }

    /** Writes {@code bytes} (backed by an array) at {@code position} and cuts the file behind them. */
    static void write(Path path, long position, ByteBuffer bytes, boolean sync) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(position);
            file.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            if (file.length() > position + bytes.remaining()) {
                file.setLength(position + bytes.remaining());
            }
            if (sync) {
                file.getFD().sync();
            }
        }
    }

    /** Makes what was written to an existing file durable; a missing one needs nothing. */
    static void sync(Path path) throws IOException {
        if (Files.exists(path)) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.getFD().sync();
            }
        }
    }

    /** Makes creations, renames and deletions in {@code directory} durable. */
    static void syncDirectory(Path directory) throws IOException {
        boolean interrupted = Thread.interrupted();
        while (true) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
                break;
            } catch (ClosedByInterruptException e) {
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
