package io.milena.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Writes a message body into a network buffer. Records in memory are copied; what is in a file goes to {@link #file}. */
class BufferWriter implements Writable {

    final ByteBuf out;

    BufferWriter(ByteBuf out) {
        this.out = out;
    }

    /** Takes records that are still in their file. */
    void file(FileBackedRecords records) {
        throw new IllegalArgumentException("This message cannot carry file-backed records.");
    }

    @Override
    public void writeByte(byte value) {
        out.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        out.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        out.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        out.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        out.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] bytes) {
        out.writeBytes(bytes);
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        out.writeBytes(bytes.duplicate());
    }

    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            out.writeByte(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint(value << 1 ^ value >> 31);
    }

    @Override
    public void writeVarlong(long value) {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof MemoryRecords memory) {
            out.writeBytes(memory.buffer().duplicate());
        } else if (records instanceof FileBackedRecords file) {
            file(file);
        } else {
            throw new IllegalArgumentException("Records of " + records.getClass() + " cannot be sent.");
        }
    }
}
