package io.milena.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.jspecify.annotations.Nullable;

/**
 * The one record of a transaction's control batch.
 *
 * @param commit committed, else aborted
 * @param coordinatorEpoch epoch of the transaction coordinator that wrote it
 * @param timestampMs its timestamp
 */
record TransactionMarker(boolean commit, int coordinatorEpoch, long timestampMs) {
    /** Both are a version and a number of two or four bytes; later versions only append to them. */
    private static final int KEY_SIZE = 4;

    private static final int VALUE_SIZE = 6;
    private static final int AFTER_VERSION = 2;

    /** Reads the marker of the control batch at {@code at}; null if it is empty, unreadable or no transaction marker. */
    static @Nullable TransactionMarker read(ByteBuffer b, int at) {
        ByteBuffer key = ByteBuffer.allocate(KEY_SIZE);
        ByteBuffer value = ByteBuffer.allocate(VALUE_SIZE);
        try (BatchRecords records = new BatchRecords(b, at).keysTo(startOf(key)).valuesTo(startOf(value))) {
            if (!records.next() || key.hasRemaining() || value.hasRemaining()) {
                return null;
            }
            int type = key.getShort(AFTER_VERSION);
            if (type != ControlRecordType.COMMIT.type() && type != ControlRecordType.ABORT.type()) {
                return null;
            }
            long writtenMs =
                    BatchHeader.isLogAppendTime(b, at) ? BatchHeader.maxTimestamp(b, at) : records.timestampMs();
            return new TransactionMarker(
                    type == ControlRecordType.COMMIT.type(), value.getInt(AFTER_VERSION), writtenMs);
        } catch (ApiException unreadable) {
            // Like a control batch of an unknown type, which Kafka passes over as well.
            return null;
        }
    }

    private static RecordBytes.Sink startOf(ByteBuffer field) {
        return (bytes, at, length) -> {
            for (int i = 0; i < length && field.hasRemaining(); i++) {
                field.put(bytes.get(at + i));
            }
        };
    }
}
