package io.milena.log;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * What the cleaner knows of transactions on its way through a log, from its start on: which data were aborted, and which
 * markers have no data before them any more. One walk over all segments, so that transactions may span them (KAFKA-8351).
 */
final class CleanedTransactions {
    private final PriorityQueue<AbortedTransaction> ahead =
            new PriorityQueue<>(Comparator.comparingLong(AbortedTransaction::firstOffset));
    private final Map<Long, AbortedTransaction> aborted = new HashMap<>();
    /** Aborted ones of which data were met. */
    private final Set<Long> abortedWithData = new HashSet<>();

    private final Set<Long> committedWithData = new HashSet<>();

    CleanedTransactions(List<AbortedTransaction> all) {
        ahead.addAll(all);
    }

    /** Whether a data batch was aborted. */
    boolean isAborted(RecordBatch batch) {
        reach(batch.lastOffset());
        if (!batch.isTransactional()) {
            return false;
        }
        AbortedTransaction transaction = aborted.get(batch.producerId());
        if (transaction != null && batch.lastOffset() <= transaction.lastOffset()) {
            abortedWithData.add(batch.producerId());
            return true;
        }
        committedWithData.add(batch.producerId());
        return false;
    }

    /**
     * A control batch.
     *
     * @param marker its type
     * @return whether it marks the end of a transaction without data, so that it may go in time
     */
    boolean isEmptyEnd(RecordBatch batch, ControlRecordType marker) {
        reach(batch.lastOffset());
        if (marker == ControlRecordType.COMMIT) {
            return !committedWithData.remove(batch.producerId());
        }
        return marker == ControlRecordType.ABORT && !abortedWithData.contains(batch.producerId());
    }

    /** Ends an aborted transaction; returns it if it has to stay in the index. */
    @Nullable
    AbortedTransaction ended(RecordBatch batch) {
        reach(batch.lastOffset());
        AbortedTransaction ended = aborted.remove(batch.producerId());
        return abortedWithData.remove(batch.producerId()) ? ended : null;
    }

    private void reach(long offset) {
        for (AbortedTransaction next = ahead.peek();
                next != null && next.firstOffset() <= offset;
                next = ahead.peek()) {
            ahead.remove();
            aborted.put(next.producerId(), next);
        }
    }
}
