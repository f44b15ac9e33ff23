package io.milena.raft.rpc;

import io.milena.raft.core.Response;
import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.UnalignedMemoryRecords;

/** Record batches, or a part of a snapshot's bytes, on their way through the core. */
public record RecordsBlock(ByteBuffer bytes) implements Response.Block {
    public static RecordsBlock of(BaseRecords records) {
        if (records instanceof MemoryRecords memory) {
            return new RecordsBlock(memory.buffer().duplicate());
        }
        if (records instanceof UnalignedMemoryRecords unaligned) {
            return new RecordsBlock(unaligned.buffer().duplicate());
        }
        throw new IllegalArgumentException("Records of a response must be in memory, are " + records.getClass());
    }

    @Override
    public int sizeInBytes() {
        return bytes.remaining();
    }

    public MemoryRecords records() {
        return MemoryRecords.readableRecords(bytes.slice());
    }
}
