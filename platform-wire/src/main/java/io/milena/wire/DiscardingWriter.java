package io.milena.wire;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.BaseRecords;

/** Walks through a response that will not be sent and releases its file-backed records. */
final class DiscardingWriter extends BufferWriter {

    private int alreadyTaken;

    /** @param alreadyTaken how many file-backed records at the beginning have been taken care of */
    DiscardingWriter(int alreadyTaken) {
        super(Unpooled.EMPTY_BUFFER);
        this.alreadyTaken = alreadyTaken;
    }

    static boolean mayHoldRecords(ApiMessage response) {
        short api = response.apiKey();
        return api == ApiKeys.FETCH.id || api == ApiKeys.FETCH_SNAPSHOT.id || api == ApiKeys.SHARE_FETCH.id;
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof FileBackedRecords file && --alreadyTaken < 0) {
            file.release();
        }
    }

    @Override
    public void writeByte(byte value) {}

    @Override
    public void writeShort(short value) {}

    @Override
    public void writeInt(int value) {}

    @Override
    public void writeLong(long value) {}

    @Override
    public void writeDouble(double value) {}

    @Override
    public void writeByteArray(byte[] bytes) {}

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {}

    @Override
    public void writeUnsignedVarint(int value) {}

    @Override
    public void writeVarint(int value) {}

    @Override
    public void writeVarlong(long value) {}
}
