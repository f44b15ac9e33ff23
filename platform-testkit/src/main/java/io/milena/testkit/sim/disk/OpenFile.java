package io.milena.testkit.sim.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;

/** A file opened by a process. */
final class OpenFile extends SimulatedChannel {
    private final DiskFileSystem fileSystem;
    private final FileNode file;
    private final boolean writable;
    private long position;

    OpenFile(DiskFileSystem fileSystem, FileNode file, boolean writable) {
        this.fileSystem = fileSystem;
        this.file = file;
        this.writable = writable;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int n = read(target, position);
        position += Math.max(0, n);
        return n;
    }

    @Override
    public int read(ByteBuffer target, long from) throws IOException {
        check();
        byte[] bytes = new byte[target.remaining()];
        int n = file.read(Math.toIntExact(from), bytes, 0, bytes.length);
        if (n > 0) {
            target.put(bytes, 0, n);
        }
        return n;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int n = write(source, position);
        position += n;
        return n;
    }

    @Override
    public int write(ByteBuffer source, long to) throws IOException {
        checkWritable();
        byte[] bytes = bytes(source);
        if (bytes.length > 0) {
            fileSystem.disk().write(file, to, bytes);
        }
        return bytes.length;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileChannel position(long newPosition) {
        position = newPosition;
        return this;
    }

    @Override
    public long size() throws IOException {
        check();
        return file.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        checkWritable();
        if (size < file.size()) {
            fileSystem.disk().beforeChange();
            file.cut(Math.toIntExact(size), 0);
        }
        position = Math.min(position, size);
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        check();
        fileSystem.disk().sync(file);
    }

    private void check() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        fileSystem.requireAttached();
    }

    private void checkWritable() throws ClosedChannelException {
        check();
        if (!writable) {
            throw new NonWritableChannelException();
        }
    }

    @Override
    protected void implCloseChannel() {}
}
