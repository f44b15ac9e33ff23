package io.milena.broker.logdirs;

import io.milena.broker.partition.Partition;
import io.milena.log.FutureLogs;
import io.milena.log.LogRead;
import io.milena.log.PartitionLog;
import io.milena.records.OffsetAndEpoch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.jspecify.annotations.Nullable;

/**
 * One replica on its way to another log directory of this broker (KIP-113): portion by portion its future log gets the
 * records of the current one, and when nothing is missing any more takes its place.
 *
 * <pre>
 *   agree ──► copy ──► copy … ──► synced ──► copy … ──► the rest under the partition's lock, exchange
 *     ▲                 │
 *     └── current log was truncated
 * </pre>
 *
 * The future log is nobody else's. The current one goes on serving; if it is truncated meanwhile, the future log is cut back
 * to where both have the same leader epoch. One thread at a time.
 */
final class ReplicaMove {
    /** Every epoch is the leader's own here. */
    private static final int ANY_EPOCH = Integer.MAX_VALUE;
    /** What may be missing when the partition's lock is taken: appends wait while it is copied. */
    private static final int REST_BYTES = 1 << 20;

    private final Partition partition;
    private final FutureLogs futures;
    private @Nullable PartitionLog agreedCurrent;
    private @Nullable PartitionLog agreedFuture;
    private int truncations;
    /** What was copied first is durable; only little will have to be synced with the lock held. */
    private boolean synced;

    ReplicaMove(Partition partition, FutureLogs futures) {
        this.partition = partition;
        this.futures = futures;
    }

    /**
     * Copies one portion.
     *
     * @return bytes copied, 0 if nothing is missing
     * @throws org.apache.kafka.common.errors.KafkaStorageException one of the directories failed
     */
    long copy(PartitionLog future, int maxBytes) {
        return copy(partition.log(), future, maxBytes);
    }

    private long copy(PartitionLog current, PartitionLog future, int maxBytes) {
        agree(current, future);
        long from = future.logEndOffset();
        long end = current.logEndOffset();
        long copied = 0;
        if (from < end) {
            try {
                copied = append(current.read(from, maxBytes, end, true), future);
            } catch (OffsetOutOfRangeException overtaken) {
                // Retention was faster: the next portion begins at the log start.
                return 1;
            }
        }
        future.updateHighWatermark(current.highWatermark());
        long start = Math.min(current.logStartOffset(), future.highWatermark());
        if (start > future.logStartOffset()) {
            future.advanceLogStartOffset(start, "the log that is moved starts there");
        }
        return copied;
    }

    private static long append(LogRead read, PartitionLog future) {
        try {
            if (read.records().sizeInBytes() > 0) {
                future.appendAsFollower(read.records().readFully(), ANY_EPOCH);
            }
            return read.records().sizeInBytes();
        } finally {
            read.records().release();
        }
    }

    /** Makes sure that what the future log has is what the current one has. */
    private void agree(PartitionLog current, PartitionLog future) {
        long start = current.logStartOffset();
        if (future.logEndOffset() < start) {
            future.truncateFullyAndStartAt(start);
        }
        int seen = current.truncations();
        if (current == agreedCurrent && future == agreedFuture && seen == truncations) {
            return;
        }
        cutToCommon(current, future);
        agreedCurrent = current;
        agreedFuture = future;
        truncations = seen;
    }

    /** Equal epoch at equal offset means equal records up to there (KIP-101). */
    private static void cutToCommon(PartitionLog current, PartitionLog future) {
        while (future.latestEpoch().isPresent()) {
            int epoch = future.latestEpoch().getAsInt();
            OffsetAndEpoch known = current.endOffsetForEpoch(epoch);
            if (known.offset() < 0) {
                future.truncateFullyAndStartAt(current.logStartOffset());
                return;
            }
            if (known.epoch() == epoch) {
                future.truncateTo(known.offset());
                return;
            }
            OffsetAndEpoch own = future.endOffsetForEpoch(known.epoch());
            long common = own.offset() < 0 ? known.offset() : Math.min(own.offset(), known.offset());
            long before = future.logEndOffset();
            future.truncateTo(Math.max(common, future.logStartOffset()));
            if (future.logEndOffset() == before && future.latestEpoch().orElse(-1) == epoch) {
                future.truncateFullyAndStartAt(current.logStartOffset());
                return;
            }
        }
        future.truncateTo(current.logEndOffset());
    }

    /**
     * Puts the future log in the place of the current one, if little is missing.
     *
     * @return whether it did; if not, there is more to copy
     */
    boolean exchange(PartitionLog future) {
        if (!synced) {
            future.flush();
            synced = true;
            return false;
        }
        AtomicReference<FutureLogs.@Nullable Promotion> promotion = new AtomicReference<>();
        partition.exchangeLog(current -> {
            if (current == null || current.isOffline() || future.isOffline()) {
                return current;
            }
            long rest = 0;
            for (long portion = 1; portion > 0; rest += portion) {
                if (rest > REST_BYTES) {
                    return current;
                }
                portion = copy(current, future, REST_BYTES);
            }
            if (future.logEndOffset() != current.logEndOffset()) {
                return current;
            }
            FutureLogs.Promotion promoted = futures.promote(current.partition());
            promotion.set(promoted);
            return promoted.log();
        });
        FutureLogs.Promotion done = promotion.get();
        if (done != null) {
            done.retirement().run();
        }
        return done != null;
    }
}
