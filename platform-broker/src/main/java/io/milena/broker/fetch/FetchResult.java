package io.milena.broker.fetch;

import io.milena.wire.FileBackedRecords;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;

/** What one pass over a fetch's partitions found. Used by one thread at a time. */
final class FetchResult {
    final List<FetchTarget> targets;
    final List<PartitionData> data;
    /** Bytes of records found. */
    long bytes;
    /** An error or a divergence, which is not worth waiting with. */
    boolean urgent;
    /** Sum of the partitions' move counts before they were read. */
    long moves;

    FetchResult(int expected) {
        targets = new ArrayList<>(expected);
        data = new ArrayList<>(expected);
    }

    /** Nothing, which is to be answered at once. */
    static FetchResult overtaken() {
        FetchResult result = new FetchResult(0);
        result.urgent = true;
        return result;
    }

    void add(FetchTarget target, PartitionData found) {
        targets.add(target);
        data.add(found);
    }

    /** Gives back the files of a result that is not sent. */
    void release() {
        for (PartitionData found : data) {
            if (found.records() instanceof FileBackedRecords records) {
                records.release();
            }
        }
    }
}
