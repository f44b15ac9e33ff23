package io.milena.testkit.sim.wire;

import io.milena.wire.FileBackedRecords;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;

/** Messages to bytes and back, without the length in front. */
final class WireCodec {
    private WireCodec() {}

    static ByteBuffer request(ApiKeys api, short version, int correlationId, String clientId, ApiMessage request) {
        RequestHeaderData header = new RequestHeaderData()
                .setRequestApiKey(api.id)
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId(clientId);
        return write(header, api.requestHeaderVersion(version), request, version);
    }

    static ByteBuffer response(ApiKeys api, short version, int correlationId, ApiMessage response) {
        ResponseHeaderData header = new ResponseHeaderData().setCorrelationId(correlationId);
        return write(header, api.responseHeaderVersion(version), response, version);
    }

    private static ByteBuffer write(Message header, short headerVersion, Message body, short version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);
        ByteBuffer bytes = ByteBuffer.allocate(size.totalSize());
        Writer writer = new Writer(bytes);
        header.write(writer, cache, headerVersion);
        body.write(writer, cache, version);
        return bytes.flip();
    }

    /** Also takes records that the wire's own writer would send from their file. */
    private static final class Writer extends ByteBufferAccessor {
        Writer(ByteBuffer bytes) {
            super(bytes);
        }

        @Override
        public void writeRecords(BaseRecords records) {
            if (records instanceof MemoryRecords memory) {
                writeByteBuffer(memory.buffer().duplicate());
            } else if (records instanceof UnalignedMemoryRecords unaligned) {
                writeByteBuffer(unaligned.buffer().duplicate());
            } else if (records instanceof FileBackedRecords file) {
                writeByteBuffer(read(file));
                file.release();
            } else {
                throw new IllegalArgumentException("Records of " + records.getClass());
            }
        }

        private static ByteBuffer read(FileBackedRecords records) {
            ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes());
            try {
                while (bytes.hasRemaining()
                        && records.channel().read(bytes, records.position() + bytes.position()) > 0) {}
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.position(0);
        }
    }
}
