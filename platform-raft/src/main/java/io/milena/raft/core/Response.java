package io.milena.raft.core;

import io.milena.records.OffsetAndEpoch;
import java.util.OptionalInt;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** An answer between replicas. Each carries the answering node's view of the election, so that news spread by themselves. */
public sealed interface Response {
    Header header();

    /**
     * @param error partition-level error
     * @param epoch the answering node's epoch
     * @param leader the leader it knows for that epoch
     * @param leaderAddress that leader's address, if it was said
     */
    record Header(
            Errors error,
            int epoch,
            OptionalInt leader,
            @Nullable HostPort leaderAddress) {}

    record Vote(Header header, boolean granted) implements Response {}

    record BeginEpoch(Header header) implements Response {}

    record EndEpoch(Header header) implements Response {}

    record UpdateVoter(Header header) implements Response {}

    /**
     * @param diverging end of the largest epoch that can still be common: the asker truncates there
     * @param snapshotId the asker is to load this snapshot first
     * @param records opaque to the core; null or empty when there is nothing new
     * @param highWatermark the leader's; -1 while unknown
     */
    record Fetch(
            Header header,
            @Nullable OffsetAndEpoch diverging,
            @Nullable OffsetAndEpoch snapshotId,
            @Nullable Block records,
            long highWatermark,
            long logStartOffset)
            implements Response {}

    /**
     * @param size size of the whole snapshot, bytes
     * @param position where the chunk belongs
     * @param chunk bytes, opaque to the core
     */
    record FetchSnapshot(
            Header header,
            OffsetAndEpoch snapshotId,
            long size,
            long position,
            @Nullable Block chunk) implements Response {}

    /** Bytes that pass through the core unread. */
    interface Block {
        int sizeInBytes();
    }
}
