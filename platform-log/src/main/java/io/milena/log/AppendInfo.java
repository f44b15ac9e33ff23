package io.milena.log;

/**
 * What an append did.
 *
 * @param firstOffset offset of the first record, or -1 if nothing was appended
 * @param lastOffset offset of the last record, or -1 if nothing was appended
 * @param maxTimestampMs largest timestamp of the records, ms since the Unix epoch, or -1
 * @param logAppendTimeMs the time the log gave the records if the topic has {@code LogAppendTime}, else -1; of a
 *     duplicate, the largest timestamp of the first attempt's batch
 * @param logStartOffset log start offset after the append
 * @param sizeInBytes bytes written
 * @param recordCount records written
 * @param leaderEpoch in which a leader appended; -1 of a follower, or if nothing was appended
 * @param duplicate true if an idempotent producer repeated a batch: nothing was written, the offsets are the first attempt's
 */
public record AppendInfo(
        long firstOffset,
        long lastOffset,
        long maxTimestampMs,
        long logAppendTimeMs,
        long logStartOffset,
        int sizeInBytes,
        int recordCount,
        int leaderEpoch,
        boolean duplicate) {

    /** As Kafka, with the time of the batch that is there, also where that is not an append time. */
    static AppendInfo duplicate(ProducerEntry.Written before, long logStartOffset, int leaderEpoch) {
        return new AppendInfo(
                before.firstOffset(),
                before.lastOffset(),
                -1,
                before.timestampMs(),
                logStartOffset,
                0,
                0,
                leaderEpoch,
                true);
    }

    static AppendInfo nothing(long logStartOffset) {
        return new AppendInfo(-1, -1, -1, -1, logStartOffset, 0, 0, -1, false);
    }
}
