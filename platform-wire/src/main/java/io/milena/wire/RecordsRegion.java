package io.milena.wire;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** File-backed records on their way from the file to the socket. The file stays open; the records are told when they are through. */
final class RecordsRegion extends DefaultFileRegion {

    private final FileBackedRecords records;

    private RecordsRegion(FileBackedRecords records) {
        super(records.channel(), records.position(), records.sizeInBytes());
        this.records = records;
    }

    /** The native transport looks into the JDK's own file channel, and only into that. */
    static FileRegion of(FileBackedRecords records) {
        boolean ofJdk = records.channel().getClass().getName().equals("sun.nio.ch.FileChannelImpl");
        return ofJdk ? new RecordsRegion(records) : new Foreign(records);
    }

    @Override
    protected void deallocate() {
        records.release();
    }

    /** The same for a file system that is not the operating system's. */
    private static final class Foreign extends AbstractReferenceCounted implements FileRegion {

        private final FileBackedRecords records;
        private long transferred;

        Foreign(FileBackedRecords records) {
            this.records = records;
        }

        @Override
        public long position() {
            return records.position();
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        public long count() {
            return records.sizeInBytes();
        }

        @Override
        public long transferTo(WritableByteChannel target, long offset) throws IOException {
            FileChannel file = records.channel();
            long written = file.transferTo(position() + offset, count() - offset, target);
            transferred += Math.max(written, 0);
            return written;
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }

        @Override
        protected void deallocate() {
            records.release();
        }
    }
}
