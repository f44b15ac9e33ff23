package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers without a lock see whole, right records while segments are appended to, rolled, deleted and swept. */
class ConcurrentReadersTest {
    private static final int BATCHES = 20_000;

    @TempDir
    Path logDir;

    private final AtomicBoolean done = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong batchesRead = new AtomicLong();

    @Test
    void readersNeverSeeAWrongByte() throws Exception {
        LogConfig config = LogConfig.defaults()
                .with(TopicConfig.SEGMENT_BYTES_CONFIG, "30000")
                .with(TopicConfig.INDEX_INTERVAL_BYTES_CONFIG, "500")
                .with(TopicConfig.RETENTION_BYTES_CONFIG, "200000");
        PartitionLog log = PartitionLog.open(
                logDir.resolve("t-0"),
                new TopicPartition("t", 0),
                Uuid.randomUuid(),
                () -> config,
                LogEnvironment.standalone(),
                LogStart.CLEAN);
        List<Thread> readers = new ArrayList<>();
        for (boolean tail : new boolean[] {true, true, false, false}) {
            Thread reader = new Thread(() -> guarded(() -> readUntilDone(log, tail)));
            reader.start();
            readers.add(reader);
        }
        guarded(() -> {
            for (int i = 0; i < BATCHES && failures.isEmpty(); i++) {
                log.appendAsLeader(Batches.plain(1000L + i, "value-" + i), 0, AppendOrigin.CLIENT);
                log.updateHighWatermark(log.logEndOffset());
                if (i % 500 == 0) {
                    log.deleteOldSegments(2000);
                    log.slot().log().sweep();
                }
            }
        });
        done.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(failures).isEmpty();
        assertThat(log.isOffline()).isFalse();
        assertThat(batchesRead.get()).isPositive();
        log.close();
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            failures.add(e);
        }
    }

    private void readUntilDone(PartitionLog log, boolean tail) {
        long next = 0;
        while (!done.get() && failures.isEmpty()) {
            long end = log.highWatermark();
            long start = log.logStartOffset();
            if (!tail) {
                next = start >= end ? start : ThreadLocalRandom.current().nextLong(start, end);
            }
            try {
                LogRead read = log.read(next, 2000, end, true);
                try {
                    next = verify(read, next, end);
                } finally {
                    read.records().release();
                }
            } catch (OffsetOutOfRangeException e) {
                assertThat(next).isLessThan(log.logStartOffset());
                next = log.logStartOffset();
            }
        }
    }

    private long verify(LogRead read, long from, long end) {
        long next = from;
        for (var batch : read.records().readFully().batches()) {
            batch.ensureValid();
            assertThat(batch.baseOffset()).isEqualTo(next);
            assertThat(batch.lastOffset()).isLessThan(end);
            for (Record record : batch) {
                assertThat(StandardCharsets.UTF_8.decode(record.value()).toString())
                        .isEqualTo("value-" + record.offset());
            }
            next = batch.nextOffset();
            batchesRead.incrementAndGet();
        }
        return next;
    }
}
