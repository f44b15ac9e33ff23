package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BatchValidationTest {
    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LogFixture(logDir);
        fixture.create();
    }

    private AppendInfo append(MemoryRecords records) {
        return fixture.log.appendAsLeader(Batches.copy(records), 3, AppendOrigin.CLIENT);
    }

    /** One batch with {@code change} made to its bytes and, if asked, a CRC that fits again. */
    private MemoryRecords changed(java.util.function.Consumer<ByteBuffer> change, boolean fixCrc) {
        MemoryRecords records = Batches.copy(Batches.plain(fixture.nowMs, "a", "b", "c"));
        ByteBuffer bytes = records.buffer();
        change.accept(bytes);
        if (fixCrc) {
            bytes.putInt(17, (int) BatchHeader.computeCrc(bytes, 0, bytes.remaining()));
        }
        return records;
    }

    private MutableRecordBatch stored() {
        LogRead read = fixture.log.read(0, 1 << 20, fixture.log.logEndOffset(), true);
        MutableRecordBatch batch =
                read.records().readFully().batches().iterator().next();
        read.records().release();
        batch.ensureValid();
        return batch;
    }

    @Test
    void whatIsWrongWithABatchIsNamed() {
        assertThatThrownBy(() -> append(changed(b -> b.put(70, (byte) 99), false)))
                .isInstanceOf(CorruptRecordException.class)
                .hasMessageContaining("stored crc");
        assertThatThrownBy(() -> append(changed(b -> b.put(16, (byte) 1), false)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("format 1");
        assertThatThrownBy(() -> append(changed(b -> b.put(16, (byte) 7), false)))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> append(changed(b -> b.putInt(8, 3), false)))
                .isInstanceOf(CorruptRecordException.class);
        assertThatThrownBy(() -> append(changed(b -> b.putLong(0, 5), false)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("baseOffset");
        assertThatThrownBy(() -> append(changed(b -> b.putInt(57, 4), true)))
                .isInstanceOf(InvalidRecordException.class);
        assertThatThrownBy(() -> append(changed(b -> b.putInt(23, 5), true)))
                .isInstanceOf(InvalidRecordException.class);
        assertThatThrownBy(() -> append(changed(b -> b.putShort(21, (short) 0x20), true)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("control");
        assertThatThrownBy(() -> append(changed(b -> b.putLong(43, 5), true)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("sequence");
        assertThat(fixture.log.logEndOffset()).isZero();
        assertThat(fixture.log.isOffline()).isFalse();
    }

    @Test
    void offsetsAndSizesInsideTheRecordsAreChecked() {
        // The first record's offset delta, then its size.
        assertThatThrownBy(() -> append(changed(b -> b.put(64, (byte) 2), true)))
                .isInstanceOf(InvalidRecordException.class)
                .satisfies(e -> assertThat(Errors.forException(e)).isEqualTo(Errors.INVALID_RECORD));
        for (int size = 0; size < 127; size++) {
            byte wrong = (byte) size;
            if (wrong != Batches.plain(fixture.nowMs, "a", "b", "c").buffer().get(61)) {
                assertThatThrownBy(() -> append(changed(b -> b.put(61, wrong), true)))
                        .isInstanceOf(InvalidRecordException.class);
            }
        }
    }

    @Test
    void twoBatchesOfAClientAreRefusedAndATruncatedOneAppendsNothing() {
        ByteBuffer one = Batches.plain(fixture.nowMs, "a").buffer();
        ByteBuffer two = ByteBuffer.allocate(one.remaining() * 2);
        two.put(one.duplicate()).put(one.duplicate()).flip();
        assertThatThrownBy(() -> append(MemoryRecords.readableRecords(two))).isInstanceOf(InvalidRecordException.class);
        one.limit(one.limit() - 1);
        assertThat(append(MemoryRecords.readableRecords(one.slice())).firstOffset())
                .isEqualTo(-1);
    }

    @Test
    void sizeLimitsAreKept() {
        fixture.with(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, 1000);
        assertThatThrownBy(() -> append(Batches.plain(fixture.nowMs, "x".repeat(1000))))
                .isInstanceOf(RecordTooLargeException.class);
        fixture.with(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, 10_000).with(TopicConfig.SEGMENT_BYTES_CONFIG, 1000);
        assertThatThrownBy(() -> append(Batches.plain(fixture.nowMs, "x".repeat(1000))))
                .isInstanceOf(RecordBatchTooLargeException.class);
    }

    @Test
    void timestampsOutOfBoundsAreRefused() {
        long hour = 3_600_000;
        assertThatThrownBy(() -> append(Batches.plain(fixture.nowMs + hour, "a", "b")))
                .isInstanceOf(InvalidTimestampException.class)
                .satisfies(e -> assertThat(
                                ((RejectedRecords) e).recordErrors().get(0).batchIndex())
                        .isEqualTo(1));
        assertThatThrownBy(() -> append(Batches.compressed(Compression.gzip().build(), fixture.nowMs + hour, "a", "b")))
                .isInstanceOf(InvalidTimestampException.class);
        append(Batches.plain(1, "very old is fine by default"));
        fixture.with(TopicConfig.MESSAGE_TIMESTAMP_BEFORE_MAX_MS_CONFIG, 1000);
        assertThatThrownBy(() -> append(Batches.plain(fixture.nowMs - 1001, "a", "b")))
                .isInstanceOf(InvalidTimestampException.class);
        assertThatThrownBy(() -> append(Batches.compressed(Compression.lz4().build(), fixture.nowMs - 1001, "a", "b")))
                .isInstanceOf(InvalidTimestampException.class);
        assertThatCode(() -> append(Batches.plain(-1, "a"))).doesNotThrowAnyException();
    }

    @Test
    void logAppendTimeIsSetOnTheWholeBatch() {
        fixture.with(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        AppendInfo info = append(Batches.plain(5, "a", "b"));
        assertThat(info.logAppendTimeMs()).isEqualTo(fixture.nowMs);
        MutableRecordBatch batch = stored();
        assertThat(batch.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        for (Record record : batch) {
            assertThat(record.timestamp()).isEqualTo(fixture.nowMs);
        }
        assertThat(fixture.log.offsetForTimestamp(fixture.nowMs).orElseThrow().offset())
                .isZero();
    }

    @Test
    void aHeaderThatLiesAboutItsLargestTimestampIsCorrected() {
        append(changed(b -> b.putLong(35, 1), true));
        assertThat(stored().maxTimestamp()).isEqualTo(fixture.nowMs + 2);
    }

    @Test
    void compactedTopicsNeedKeysAlsoInCompressedBatches() {
        fixture.with(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
        SimpleRecord[] second = {
            Batches.record(fixture.nowMs, "k", "v"), new SimpleRecord(fixture.nowMs, null, new byte[1])
        };
        for (Compression codec :
                new Compression[] {Compression.NONE, Compression.snappy().build()}) {
            assertThatThrownBy(() -> append(MemoryRecords.withRecords(codec, second)))
                    .isInstanceOf(InvalidRecordException.class)
                    .satisfies(e -> assertThat(
                                    ((RejectedRecords) e).recordErrors().get(0).batchIndex())
                            .isEqualTo(1));
        }
        append(Batches.plain(fixture.nowMs, "with key"));
    }

    static Stream<Compression> codecs() {
        return Stream.of(
                Compression.NONE,
                Compression.gzip().build(),
                Compression.snappy().build(),
                Compression.lz4().build(),
                Compression.zstd().build());
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void theTopicsCodecWins(Compression sent) {
        for (String type : new String[] {"producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"}) {
            fixture.with(TopicConfig.COMPRESSION_TYPE_CONFIG, type);
            fixture.log.truncateFullyAndStartAt(0);
            MemoryRecords records = MemoryRecords.withIdempotentRecords(
                    sent, 5, (short) 1, 0, Batches.records(fixture.nowMs, "a", "b", "x".repeat(500)));
            AppendInfo info = append(records);
            assertThat(info.lastOffset()).isEqualTo(2);
            MutableRecordBatch batch = stored();
            CompressionType expected = type.equals("producer")
                    ? sent.type()
                    : type.equals("uncompressed") ? CompressionType.NONE : CompressionType.forName(type);
            assertThat(batch.compressionType()).isEqualTo(expected);
            assertThat(batch.producerId()).isEqualTo(5);
            assertThat(batch.partitionLeaderEpoch()).isEqualTo(3);
            assertThat(batch.maxTimestamp()).isEqualTo(fixture.nowMs + 2);
            assertThat(Batches.values(fixture.log, 0)).containsExactly("a", "b", "x".repeat(500));
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip, compression.gzip.level, 1, 9", "zstd, compression.zstd.level, -50, 19"})
    void theTopicsLevelDecidesHowHardIsTried(String type, String level, String quick, String thorough) {
        assertThat(sizeCompressed(type, level, thorough)).isLessThan(sizeCompressed(type, level, quick));
    }

    private int sizeCompressed(String type, String level, String value) {
        fixture.with(TopicConfig.COMPRESSION_TYPE_CONFIG, type);
        fixture.with(level, value);
        fixture.log.truncateFullyAndStartAt(0);
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            words.append(" word").append(i * 7_919 % 1_000);
        }
        append(MemoryRecords.withRecords(
                Compression.NONE,
                Batches.records(fixture.nowMs, words.toString(), words.reverse().toString())));
        return stored().sizeInBytes();
    }
}
