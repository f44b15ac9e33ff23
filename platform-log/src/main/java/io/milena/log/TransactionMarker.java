package io.milena.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/**
 * The one record of a transaction's control batch.
 *
 * @param commit committed, else aborted
 * @param coordinatorEpoch epoch of the transaction coordinator that wrote it
 * @param timestampMs its timestamp
 */
record TransactionMarker(boolean commit, int coordinatorEpoch, long timestampMs) {
    /** Reads the marker of the control batch at {@code at}; null if it is empty or no transaction marker. */
    static @Nullable TransactionMarker read(ByteBuffer b, int at) {
        ByteBuffer batch = b.duplicate();
        batch.limit(at + BatchHeader.size(b, at)).position(at);
        for (MutableRecordBatch only :
                MemoryRecords.readableRecords(batch.slice()).batches()) {
            for (Record record : only) {
                ControlRecordType type = ControlRecordType.parse(record.key());
                if (type != ControlRecordType.COMMIT && type != ControlRecordType.ABORT) {
                    return null;
                }
                EndTransactionMarker marker = EndTransactionMarker.deserialize(record);
                return new TransactionMarker(
                        type == ControlRecordType.COMMIT, marker.coordinatorEpoch(), record.timestamp());
            }
        }
        return null;
    }
}
