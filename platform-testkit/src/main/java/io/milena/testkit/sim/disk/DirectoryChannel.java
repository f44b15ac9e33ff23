package io.milena.testkit.sim.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A directory opened to be synced. */
final class DirectoryChannel extends SimulatedChannel {
    private final DiskFileSystem fileSystem;
    private final DirectoryNode directory;
    private final DiskPath path;

    DirectoryChannel(DiskFileSystem fileSystem, DirectoryNode directory, DiskPath path) {
        this.fileSystem = fileSystem;
        this.directory = directory;
        this.path = path;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        fileSystem.requireAttached();
        fileSystem.disk().sync(directory);
        for (DiskPath each = path; each.getParent() != null; each = each.getParent()) {
            fileSystem.parent(each).syncName(each.last());
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        throw notAFile();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        throw notAFile();
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        throw notAFile();
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        throw notAFile();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        throw notAFile();
    }

    @Override
    public long position() {
        return 0;
    }

    @Override
    public FileChannel position(long newPosition) {
        return this;
    }

    @Override
    public long size() {
        return 0;
    }

    private static IOException notAFile() {
        return new IOException("Is a directory");
    }

    @Override
    protected void implCloseChannel() {}
}
