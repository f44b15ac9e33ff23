package io.milena.log;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A compacted log that is cleaned when the test says so, and what its readers make of it. */
final class CompactedLog extends LogFixture {
    static final long MEMORY = 1 << 20;

    CompactedLog(Path logDir) {
        super(logDir);
        with("cleanup.policy", "compact");
    }

    /** One batch of {@code key=value} entries; {@code key} alone is a tombstone. */
    void put(String... entries) {
        append(MemoryRecords.withRecords(Compression.NONE, records(entries)), AppendOrigin.CLIENT);
    }

    SimpleRecord[] records(String... entries) {
        SimpleRecord[] records = new SimpleRecord[entries.length];
        for (int i = 0; i < entries.length; i++) {
            String[] parts = entries[i].split("=", 2);
            records[i] = record(nowMs, parts[0], parts.length == 2 ? parts[1] : null);
        }
        return records;
    }

    void append(MemoryRecords records, AppendOrigin origin) {
        log.appendAsLeader(records, 0, origin);
        log.updateHighWatermark(log.logEndOffset());
    }

    void transactional(long producerId, int sequence, String... entries) {
        append(
                MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producerId, (short) 0, sequence, records(entries)),
                AppendOrigin.CLIENT);
    }

    void end(long producerId, boolean commit) {
        append(Batches.marker(producerId, 0, commit, 0), AppendOrigin.COORDINATOR);
    }

    long clean() {
        return clean(0, MEMORY);
    }

    long clean(long firstDirty, long memory) {

        return log.clean(firstDirty, log.slot().log().snapshot().active().baseOffset(), memory, nowMs);
    }

    /** {@code offset:key=value} of all records. */
    List<String> contents() {
        List<String> contents = new ArrayList<>();
        for (Record record : Batches.all(log, log.logStartOffset())) {
            String value = record.hasValue() ? "=" + StandardCharsets.UTF_8.decode(record.value()) : "";
            contents.add(record.offset() + ":" + StandardCharsets.UTF_8.decode(record.key()) + value);
        }
        return contents;
    }

    int markers() {
        int markers = 0;
        for (long next = 0; next < log.logEndOffset(); ) {
            LogRead read = log.read(next, 1 << 20, log.logEndOffset(), true);
            for (RecordBatch batch : read.records().readFully().batches()) {
                markers += batch.isControlBatch() && batch.iterator().hasNext() ? 1 : 0;
                next = batch.nextOffset();
            }
            read.records().release();
        }
        return markers;
    }

    /** What a read_committed reader makes of the log: the newest value of each key. */
    Map<String, String> newest() {
        Map<String, String> newest = new TreeMap<>();
        List<AbortedTransaction> aborted = log.abortedTransactions(log.logStartOffset(), log.logEndOffset());
        for (long next = log.logStartOffset(); next < log.logEndOffset(); ) {
            LogRead read = log.read(next, 1 << 20, log.logEndOffset(), true);
            for (RecordBatch batch : read.records().readFully().batches()) {
                boolean gone = batch.isTransactional()
                        && aborted.stream()
                                .anyMatch(each -> each.producerId() == batch.producerId()
                                        && each.firstOffset() <= batch.baseOffset()
                                        && batch.lastOffset() <= each.lastOffset());
                for (Record record : batch) {
                    if (!batch.isControlBatch() && !gone) {
                        String key = StandardCharsets.UTF_8.decode(record.key()).toString();
                        if (record.hasValue()) {
                            newest.put(
                                    key,
                                    StandardCharsets.UTF_8
                                            .decode(record.value())
                                            .toString());
                        } else {
                            newest.remove(key);
                        }
                    }
                }
                next = batch.nextOffset();
            }
            read.records().release();
        }
        return newest;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SimpleRecord record(long timestampMs, String key, String value) {
        return new SimpleRecord(timestampMs, bytes(key), value == null ? null : bytes(value));
    }
}
