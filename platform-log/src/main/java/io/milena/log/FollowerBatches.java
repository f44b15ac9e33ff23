package io.milena.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;

/** Checks what came from a leader: whole, intact, in order, and of no epoch that the caller does not know of yet. */
final class FollowerBatches {
    private FollowerBatches() {}

    /** Limits {@code bytes} to the batches that can be appended. */
    static ByteBuffer check(ByteBuffer bytes, int leaderEpoch, TopicPartition partition) {
        int at = bytes.position();
        long next = -1;
        while (bytes.limit() - at > BatchHeader.MAGIC_AT) {
            int size = LeaderBatches.wholeBatch(bytes, at, partition);
            // A leader of a newer epoch may have answered a fetch of an older one (KAFKA-18723): leave its records out.
            if (size < 0 || BatchHeader.leaderEpoch(bytes, at) > leaderEpoch) {
                break;
            }
            LeaderBatches.checkCrc(bytes, at, size, partition);
            long base = BatchHeader.baseOffset(bytes, at);
            if (base < next || BatchHeader.lastOffsetDelta(bytes, at) < 0) {
                throw new UnexpectedOffsetException(
                        "Batch at offset " + base + " for " + partition + " does not follow offset " + (next - 1),
                        base,
                        next);
            }
            next = BatchHeader.lastOffset(bytes, at) + 1;
            at += size;
        }
        return bytes.limit(at);
    }
}
