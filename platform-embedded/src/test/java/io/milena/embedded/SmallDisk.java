package io.milena.embedded;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system of a few megabytes of its own, ext4 on a loop device, that can be filled. Needs root; a
 * test that asks for one is skipped where mounting is not allowed. {@link #close()} unmounts.
 */
final class SmallDisk implements AutoCloseable {
    private final Path image;
    private final Path mountPoint;
    private final Path ballast;

    private SmallDisk(Path image, Path mountPoint) {
        this.image = image;
        this.mountPoint = mountPoint;
        this.ballast = mountPoint.resolve("ballast");
    }

    static SmallDisk mount(Path scratch, String name, int megabytes) throws IOException {
        Path image = scratch.resolve(name + ".img");
        Path mountPoint = Files.createDirectories(scratch.resolve(name));
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength((long) megabytes << 20);
        }
        boolean mounted = run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString())
                && run("mount", "-o", "loop", image.toString(), mountPoint.toString());
        Assumptions.assumeTrue(mounted, "Mounting a loop device is not possible here (no root?)");
        return new SmallDisk(image, mountPoint);
    }

    Path path() {
        return mountPoint;
    }

    /** Takes all room. */
    void fill() throws IOException {
        byte[] block = new byte[4096];
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            file.seek(file.length());
            while (true) {
                file.write(block);
            }
        } catch (IOException full) {
            if (Files.getFileStore(mountPoint).getUsableSpace() >= block.length) {
                throw full;
            }
        }
    }

    /** Gives the room back. */
    void free() throws IOException {
        Files.deleteIfExists(ballast);
    }

    @Override
    public void close() throws IOException {
        if (!run("umount", mountPoint.toString())) {
            run("umount", "-l", mountPoint.toString());
        }
        Files.deleteIfExists(image);
    }

    private static boolean run(String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
