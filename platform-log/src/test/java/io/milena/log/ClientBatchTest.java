package io.milena.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No header of a client's batch is believed: its records are read, within bounds, before the log takes it. */
class ClientBatchTest {
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int ATTRIBUTES_AT = 21;
    private static final int LAST_OFFSET_DELTA_AT = 23;
    private static final int COUNT_AT = 57;
    private static final long HOUR_MS = 3_600_000;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();

    @TempDir
    Path logDir;

    private LogFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LogFixture(logDir);
        fixture.create();
    }

    enum Codec {
        NONE(Compression.NONE),
        GZIP(Compression.gzip().build()),
        SNAPPY(Compression.snappy().build()),
        LZ4(Compression.lz4().build()),
        ZSTD(Compression.zstd().build());

        final Compression compression;

        Codec(Compression compression) {
            this.compression = compression;
        }
    }

    private Errors append(MemoryRecords records) {
        try {
            fixture.log.appendAsLeader(Batches.copy(records), 3, AppendOrigin.CLIENT);
            return Errors.NONE;
        } catch (RuntimeException e) {
            return Errors.forException(e);
        }
    }

    private MemoryRecords three(Codec codec) {
        return Batches.compressed(codec.compression, fixture.nowMs, "a", "b", "c");
    }

    private static MemoryRecords changed(MemoryRecords records, Consumer<ByteBuffer> change) {
        ByteBuffer bytes = Batches.copy(records).buffer();
        change.accept(bytes);
        return sealed(bytes);
    }

    private static MemoryRecords sealed(ByteBuffer bytes) {
        BatchHeader.renewCrc(bytes, 0);
        return MemoryRecords.readableRecords(bytes);
    }

    /** The batch's header with other bytes behind it. */
    private static MemoryRecords withPayload(MemoryRecords records, byte[] payload) {
        ByteBuffer bytes = ByteBuffer.allocate(BatchHeader.SIZE + payload.length);
        bytes.put(0, records.buffer(), 0, BatchHeader.SIZE).put(BatchHeader.SIZE, payload);
        BatchHeader.setSize(bytes, 0, bytes.capacity());
        return sealed(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, 4, INVALID_RECORD",
        "GZIP, 4, INVALID_RECORD",
        "SNAPPY, 4, INVALID_RECORD",
        "LZ4, 4, INVALID_RECORD",
        "ZSTD, 4, INVALID_RECORD",
        "NONE, 2, INVALID_RECORD",
        "GZIP, 2, INVALID_RECORD",
        "SNAPPY, 2, INVALID_RECORD",
        "LZ4, 2, INVALID_RECORD",
        "ZSTD, 2, INVALID_RECORD",
        "GZIP, 2147483647, INVALID_RECORD",
        "LZ4, 2147483647, INVALID_RECORD",
        "NONE, 2147483647, INVALID_RECORD",
        "NONE, -1, INVALID_RECORD",
        "GZIP, -1, INVALID_RECORD",
        "GZIP, 0, INVALID_RECORD"
    })
    void aCountThatIsNotThatOfTheRecordsIsRefused(Codec codec, int claimed, Errors expected) {
        // given
        MemoryRecords lying =
                changed(three(codec), b -> b.putInt(COUNT_AT, claimed).putInt(LAST_OFFSET_DELTA_AT, claimed - 1));

        // when
        Errors answered = append(lying);

        // then
        assertThat(answered).isEqualTo(expected);
        assertThat(fixture.log.logEndOffset()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void aPayloadThatIsNotOfTheCodecIsRefused(Codec codec) {
        byte[] noise = new byte[200];
        new java.util.Random(5).nextBytes(noise);
        assertThat(append(withPayload(three(codec), noise))).isIn(Errors.UNKNOWN_SERVER_ERROR, Errors.INVALID_RECORD);
        assertThat(append(withPayload(three(codec), new byte[0])))
                .isIn(Errors.UNKNOWN_SERVER_ERROR, Errors.INVALID_RECORD);
        assertThat(append(
                        changed(three(Codec.NONE), b -> BatchHeader.setCompression(b, 0, codec.compression.type().id))))
                .isIn(Errors.UNKNOWN_SERVER_ERROR, Errors.INVALID_RECORD);
        assertThat(fixture.log.logEndOffset()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void aPayloadCutShortIsRefused(Codec codec) {
        ByteBuffer whole = three(codec).buffer();
        // Up to nine bytes of checksums and end marks at the end may lack without a record being incomplete.
        for (int size = BatchHeader.SIZE; size < whole.limit() - 9; size++) {
            byte[] payload = new byte[size - BatchHeader.SIZE];
            whole.get(BatchHeader.SIZE, payload);
            assertThat(append(withPayload(three(codec), payload))).isNotEqualTo(Errors.NONE);
        }
    }

    @Test
    void anUnknownCodecIsAServerErrorAsWithKafka() {
        for (int codec = 5; codec < 8; codec++) {
            int id = codec;
            assertThat(append(changed(three(Codec.NONE), b -> BatchHeader.setCompression(b, 0, id))))
                    .isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void offsetsBesideThePlaceInTheBatchAreRefused(Codec codec) throws Exception {
        // given two records with the deltas 5 and 6
        byte[] records = {14, 0, 0, 10, 1, 2, 'a', 0, 14, 0, 0, 12, 1, 2, 'b', 0};
        MemoryRecords two =
                withPayload(Batches.compressed(codec.compression, fixture.nowMs, "a", "b"), packed(codec, records));

        // when, then
        assertThat(append(two)).isEqualTo(codec == Codec.NONE ? Errors.INVALID_RECORD : Errors.UNKNOWN_SERVER_ERROR);
    }

    private static byte[] packed(Codec codec, byte[] records) throws Exception {
        var out = new org.apache.kafka.common.utils.ByteBufferOutputStream(512);
        try (var stream = codec.compression.wrapForOutput(out, (byte) 2)) {
            stream.write(records);
        }
        byte[] bytes = new byte[out.position()];
        out.buffer().flip().get(bytes);
        return bytes;
    }

    static Stream<byte[]> malformedRecords() {
        return Stream.of(
                new byte[] {14, 0, 0, 0, 1, 2, 'a', 10}, // five headers promised
                new byte[] {14, 0, 0, 0, 1, 2, 'a', 1}, // minus one header
                new byte[] {18, 0, 0, 0, 1, 2, 'a', 2, 1, 1}, // a header without a key
                new byte[] {14, 0, 0, 0, 1, 4, 'a', 0}, // a value of two bytes that lacks one
                new byte[] {14, 0, 0, 0, 100, 2, 'a', 0}, // a key longer than the record
                new byte[] {12, 0, 0, 0, 1, 2, 'a', 0}, // a size too small
                new byte[] {16, 0, 0, 0, 1, 2, 'a', 0}, // a size too large
                new byte[] {0}, // no body
                new byte[] {1}, // a negative size
                new byte[] {-1, -1, -1, -1, 15, 0}, // two gigabytes
                new byte[] {-1, -1, -1, -1, -1, -1}); // a number without an end
    }

    @ParameterizedTest
    @MethodSource("malformedRecords")
    void aMalformedRecordIsRefused(byte[] record) throws Exception {
        for (Codec codec : Codec.values()) {
            MemoryRecords one = Batches.compressed(codec.compression, fixture.nowMs, "a");
            assertThat(append(withPayload(one, packed(codec, record))))
                    .as(codec.name())
                    .isEqualTo(Errors.INVALID_RECORD);
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void headersNullsAndEmptyFieldsAreFine(Codec codec) {
        // given
        SimpleRecord full = new SimpleRecord(
                fixture.nowMs, new byte[0], new byte[70_000], new org.apache.kafka.common.header.Header[] {
                    new org.apache.kafka.common.header.internals.RecordHeader("", null),
                    new org.apache.kafka.common.header.internals.RecordHeader("trace", new byte[300])
                });
        MemoryRecords records =
                MemoryRecords.withRecords(codec.compression, full, new SimpleRecord(-1, (byte[]) null, null));

        // when, then
        assertThat(append(records)).isEqualTo(Errors.NONE);
        assertThat(Batches.all(fixture.log, 0)).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void theLargestTimestampIsTheRecordsNotTheHeaders(Codec codec) {
        fixture.with(TopicConfig.RETENTION_MS_CONFIG, HOUR_MS);
        for (long claimed : new long[] {0, -1, 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            // given
            fixture.log.truncateFullyAndStartAt(0);
            MemoryRecords careless = changed(three(codec), b -> b.putLong(MAX_TIMESTAMP_AT, claimed));

            // when
            assertThat(append(careless)).isEqualTo(Errors.NONE);

            // then
            fixture.log.updateHighWatermark(3);
            assertThat(stored().maxTimestamp()).isEqualTo(fixture.nowMs + 2);
            assertThat(fixture.log
                            .offsetForTimestamp(fixture.nowMs + 1)
                            .orElseThrow()
                            .offset())
                    .isEqualTo(1);
            assertThat(fixture.log.deleteOldSegments(fixture.nowMs + 1000)).isZero();
            assertThat(fixture.log.deleteOldSegments(fixture.nowMs + 2 * HOUR_MS))
                    .isOne();
        }
    }

    private MutableRecordBatch stored() {
        LogRead read = fixture.log.read(0, 1 << 20, fixture.log.logEndOffset(), true);
        MutableRecordBatch batch =
                read.records().readFully().batches().iterator().next();
        read.records().release();
        batch.ensureValid();
        return batch;
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void eachRecordOutOfTimeIsNamed(Codec codec) {
        // given records of which every second one is two hours ahead
        SimpleRecord[] records = IntStream.range(0, 10)
                .mapToObj(i -> Batches.record(fixture.nowMs + (i % 2) * 2 * HOUR_MS, "k", "v" + i))
                .toArray(SimpleRecord[]::new);

        // when, then
        assertThatThrownBy(() -> fixture.log.appendAsLeader(
                        Batches.copy(MemoryRecords.withRecords(codec.compression, records)), 0, AppendOrigin.CLIENT))
                .hasMessage("One or more records have been rejected due to invalid timestamp")
                .satisfies(e -> assertThat(Errors.forException(e)).isEqualTo(Errors.INVALID_TIMESTAMP))
                .satisfies(e -> assertThat(indexes(e)).containsExactly(1, 3, 5, 7, 9))
                .satisfies(e -> assertThat(
                                ((RejectedRecords) e).recordErrors().get(0).message())
                        .startsWith(
                                "Timestamp " + (fixture.nowMs + 2 * HOUR_MS) + " of message with offset 1 is out of"));
    }

    private static List<Integer> indexes(Throwable e) {
        List<Integer> indexes = new ArrayList<>();
        ((RejectedRecords) e).recordErrors().forEach(error -> indexes.add(error.batchIndex()));
        return indexes;
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void eachRecordWithoutAKeyIsNamed(Codec codec) {
        // given a compacted topic and a hundred records, each tenth without a key
        fixture.with(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
        SimpleRecord[] records = IntStream.range(0, 100)
                .mapToObj(i -> new SimpleRecord(fixture.nowMs, i % 10 == 0 ? null : new byte[1], new byte[3]))
                .toArray(SimpleRecord[]::new);

        // when, then
        assertThatThrownBy(() -> fixture.log.appendAsLeader(
                        Batches.copy(MemoryRecords.withRecords(codec.compression, records)), 0, AppendOrigin.CLIENT))
                .hasMessageStartingWith(
                        "One or more records have been rejected due to 10 record errors in total, and only"
                                + " showing the first three errors at most: [RecordError(batchIndex=0, message='Compacted topic"
                                + " cannot accept message without key in topic partition orders-0'), RecordError(")
                .satisfies(e -> assertThat(Errors.forException(e)).isEqualTo(Errors.INVALID_RECORD))
                .satisfies(e -> assertThat(indexes(e)).containsExactly(0, 10, 20, 30, 40, 50, 60, 70, 80, 90));
        assertThat(fixture.log.logEndOffset()).isZero();
    }

    @Test
    void theErrorsOfABatchDoNotOutgrowIt() {
        fixture.with(TopicConfig.CLEANUP_POLICY_CONFIG, "compact");
        SimpleRecord[] records = IntStream.range(0, 50_000)
                .mapToObj(i -> new SimpleRecord(fixture.nowMs, null, new byte[0]))
                .toArray(SimpleRecord[]::new);
        assertThatThrownBy(() -> fixture.log.appendAsLeader(
                        Batches.copy(MemoryRecords.withRecords(Codec.ZSTD.compression, records)),
                        0,
                        AppendOrigin.CLIENT))
                .satisfies(e -> assertThat(indexes(e)).hasSize(10_000));
    }

    /** As Kafka's broker: only where it would overrule the topic. */
    @ParameterizedTest
    @EnumSource(Codec.class)
    void aProducersLogAppendTimeCountsForNothing(Codec codec) {
        MemoryRecords flagged =
                changed(three(codec), b -> b.putShort(ATTRIBUTES_AT, (short) (b.getShort(ATTRIBUTES_AT) | 0x08)));
        assertThat(append(flagged)).isEqualTo(Errors.NONE);
        assertThat(stored().timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        fixture.with(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        assertThat(append(flagged)).isEqualTo(Errors.INVALID_TIMESTAMP);
    }

    /** A gigabyte of zeros in one record, or what comes near it, and sizes that nothing stands behind. */
    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void whatUnpacksToMuchTakesLittleMemory(Codec codec) throws Exception {
        // given
        fixture.with(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, 64 << 20);
        fixture.with(TopicConfig.SEGMENT_BYTES_CONFIG, 128 << 20);
        int valueSize = 150 << 20;
        var out = new org.apache.kafka.common.utils.ByteBufferOutputStream(1 << 20);
        try (var stream = codec.compression.wrapForOutput(out, (byte) 2)) {
            ByteBuffer head = ByteBuffer.allocate(32);
            org.apache.kafka.common.utils.ByteUtils.writeVarint(valueSize + 10, head);
            head.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) 1);
            org.apache.kafka.common.utils.ByteUtils.writeVarint(valueSize, head);
            stream.write(head.array(), 0, head.position());
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < valueSize >> 20; i++) {
                stream.write(zeros);
            }
            stream.write(0);
        }
        byte[] payload = new byte[out.position()];
        out.buffer().flip().get(payload);
        MemoryRecords bomb =
                Batches.copy(withPayload(Batches.compressed(codec.compression, fixture.nowMs, "a"), payload));
        fixture.with(TopicConfig.COMPRESSION_TYPE_CONFIG, "producer");

        // when
        long before = THREADS.getCurrentThreadAllocatedBytes();
        LeaderBatches.prepare(bomb.buffer(), fixture.config, AppendOrigin.CLIENT, fixture.nowMs, LogFixture.PARTITION);

        // then
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(16 << 20);

        // and a topic that stores it unpacked refuses it before it has grown
        fixture.with(TopicConfig.COMPRESSION_TYPE_CONFIG, "uncompressed")
                .with(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, 1 << 20);
        before = THREADS.getCurrentThreadAllocatedBytes();
        assertThatThrownBy(() -> LeaderBatches.prepare(
                        bomb.buffer(), fixture.config, AppendOrigin.CLIENT, fixture.nowMs, LogFixture.PARTITION))
                .isInstanceOf(org.apache.kafka.common.errors.RecordTooLargeException.class);
        assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
    }

    @Test
    void snappyBlocksThatClaimGigabytesAllocateNothing() {
        MemoryRecords snappy = three(Codec.SNAPPY);
        ByteBuffer header =
                ByteBuffer.allocate(16).putLong(0x82534e4150505900L).putInt(1).putInt(1);
        byte[][] payloads = {
            {-1, -1, -1, -1, 7, 1, 2, 3}, // a bare block that unpacks to 2 GB
            joined(header.array(), new byte[] {127, -1, -1, -1, 1, 2, 3}), // a block of 2 GB
            joined(header.array(), new byte[] {0, 0, 0, 8, -1, -1, -1, -1, 7, 1, 2, 3}), // unpacks to 2 GB
            manyHeaders(header.array())
        };
        for (byte[] payload : payloads) {
            MemoryRecords records = Batches.copy(withPayload(snappy, payload));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            assertThat(append(records)).isEqualTo(Errors.INVALID_RECORD);
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(4 << 20);
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static byte[] manyHeaders(byte[] header) {
        ByteBuffer all = ByteBuffer.allocate(header.length * 50_000);
        while (all.hasRemaining()) {
            all.put(header);
        }
        return all.array();
    }

    @Test
    void emptyGzipMembersInARowAreRefusedAndEndNothing() throws Exception {
        byte[] empty = packed(Codec.GZIP, new byte[0]);
        ByteBuffer all = ByteBuffer.allocate(empty.length * 40_000);
        while (all.hasRemaining()) {
            all.put(empty);
        }
        assertThat(append(withPayload(three(Codec.GZIP), all.array())))
                .isIn(Errors.UNKNOWN_SERVER_ERROR, Errors.INVALID_RECORD);
    }

    @Test
    void aDuplicateIsAnsweredWithTheTimeOfTheFirstAttempt() {
        // given
        fixture.with(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        long first = fixture.nowMs;
        assertThat(append(Batches.idempotent(1, 0, 0, 5, "a"))).isEqualTo(Errors.NONE);
        fixture.nowMs += 1000;
        append(Batches.idempotent(1, 0, 1, 5, "b"));
        fixture.nowMs += 1000;

        // when
        AppendInfo again =
                fixture.log.appendAsLeader(Batches.copy(Batches.idempotent(1, 0, 0, 5, "a")), 0, AppendOrigin.CLIENT);

        // then
        assertThat(again.duplicate()).isTrue();
        assertThat(again.logAppendTimeMs()).isEqualTo(first);
        fixture.reopen();
        assertThat(fixture.log
                        .appendAsLeader(Batches.copy(Batches.idempotent(1, 0, 1, 5, "b")), 0, AppendOrigin.CLIENT)
                        .logAppendTimeMs())
                .isEqualTo(first + 1000);
    }

    @Test
    void oddProducerFieldsAreTakenOrRefusedAsKafkaDoes() {
        assertThat(append(withProducer(7, -2, 0))).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(append(withProducer(7, 0, -1))).isEqualTo(Errors.INVALID_RECORD);
        assertThat(append(withProducer(-1, -9, 12))).isEqualTo(Errors.NONE);
        assertThat(append(withProducer(-5, 0, -3))).isEqualTo(Errors.NONE);
        assertThat(append(withProducer(7, -1, 0))).isEqualTo(Errors.NONE);
        assertThat(append(changed(three(Codec.NONE), b -> b.putInt(12, 99)))).isEqualTo(Errors.NONE);
        assertThat(stored().partitionLeaderEpoch()).isEqualTo(3);
    }

    private MemoryRecords withProducer(long id, int epoch, int sequence) {
        return changed(
                three(Codec.NONE),
                b -> b.putLong(43, id).putShort(51, (short) epoch).putInt(53, sequence));
    }
}
