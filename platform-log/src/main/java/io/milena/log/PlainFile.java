package io.milena.log;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Small files beside the segments, read and written as a whole through streams: unlike channels, those do not mind an
 * interrupt of their thread. On a file system that is not the machine's own there are only channels.
 */
final class PlainFile {
    private static final FileSystem MACHINE = FileSystems.getDefault();

    private PlainFile() {}

    private static boolean isOnMachine(Path path) {
        return path.getFileSystem() == MACHINE;
    }

    /**
     * All bytes.
     *
     * @throws NoSuchFileException if there is no such file
     */
    static byte[] read(Path path) throws IOException {
        if (!isOnMachine(path)) {
            return Files.readAllBytes(path);
        }
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
        if (!isOnMachine(path)) {
            writeByChannel(path, position, bytes, sync);
            return;
        }
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

    private static void writeByChannel(Path path, long position, ByteBuffer bytes, boolean sync) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long at = position;
            while (bytes.hasRemaining()) {
                at += file.write(bytes, at);
            }
            file.truncate(at);
            if (sync) {
                file.force(true);
            }
        }
    }

    /** Makes what was written to an existing file durable; a missing one needs nothing. */
    static void sync(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        if (isOnMachine(path)) {
            try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
                file.getFD().sync();
            }
        } else {
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
                file.force(true);
            }
        }
    }

    /** Names in {@code directory}, in no particular order. */
    static String[] list(Path directory) throws IOException {
        if (!isOnMachine(directory)) {
            try (Stream<Path> entries = Files.list(directory)) {
                return entries.map(entry -> String.valueOf(entry.getFileName())).toArray(String[]::new);
            }
        }
        String[] names = directory.toFile().list();
        if (names == null) {
            throw new IOException("Cannot list " + directory);
        }
        return names;
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
