package io.milena.raft.storage;

import io.milena.raft.core.Effect;
import io.milena.raft.core.VoterSet;
import io.milena.records.CommittedBatch;
import io.milena.records.MetadataRecordSerde;
import io.milena.records.VersionedRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;

/** Batches of the metadata log and its snapshots, built and read. Stateless. */
public final class RecordBatches {
    private static final int BATCH_OVERHEAD = 61;

    /** Upper bound of a record's own framing: length, attributes, deltas, key and value length, header count. */
    private static final int RECORD_OVERHEAD = 32;

    private RecordBatches() {}

    /** One data batch at {@code baseOffset} holding {@code records}, uncompressed as Kafka writes it. */
    public static MemoryRecords data(long baseOffset, int epoch, long nowMs, List<VersionedRecord> records) {
        List<ByteBuffer> values = new ArrayList<>(records.size());
        int size = BATCH_OVERHEAD;
        for (VersionedRecord record : records) {
            ByteBuffer value = MetadataRecordSerde.write(record);
            values.add(value);
            size += value.remaining() + RECORD_OVERHEAD;
        }
        try (MemoryRecordsBuilder builder = builder(baseOffset, epoch, nowMs, false, size)) {
            for (ByteBuffer value : values) {
                builder.append(nowMs, null, value);
            }
            return builder.build();
        }
    }

    /** One control batch with what {@code content} appends. */
    public static MemoryRecords control(
            long baseOffset, int epoch, long nowMs, Consumer<MemoryRecordsBuilder> content) {
        try (MemoryRecordsBuilder builder = builder(baseOffset, epoch, nowMs, true, 512)) {
            content.accept(builder);
            return builder.build();
        }
    }

    /** The batch that opens an epoch: LeaderChange, and the voters if the log does not have them. */
    public static MemoryRecords leaderChange(
            long baseOffset, long nowMs, int leaderId, Effect.AppendLeaderChange change, short kraftVersion) {
        List<Integer> voterIds = List.copyOf(change.voterIds());
        List<Integer> grantingIds = List.copyOf(change.grantingIds());
        VoterSet voterSet = change.voters();
        return control(baseOffset, change.epoch(), nowMs, builder -> {
            builder.appendLeaderChangeMessage(nowMs, ControlRecords.leaderChange(leaderId, voterIds, grantingIds));
            if (voterSet != null) {
                builder.appendKRaftVersionMessage(nowMs, ControlRecords.kraftVersion(kraftVersion));
                builder.appendVotersMessage(nowMs, ControlRecords.voters(voterSet));
            }
        });
    }

    /** A change of the voters; its offset is given by the log. */
    public static MemoryRecords voters(int epoch, long nowMs, VoterSet voters) {
        return control(0, epoch, nowMs, builder -> builder.appendVotersMessage(nowMs, ControlRecords.voters(voters)));
    }

    /** Static voters become dynamic; offsets are given by the log. */
    public static MemoryRecords kraftVersion(int epoch, long nowMs, short kraftVersion, VoterSet voters) {
        return control(0, epoch, nowMs, builder -> {
            builder.appendKRaftVersionMessage(nowMs, ControlRecords.kraftVersion(kraftVersion));
            builder.appendVotersMessage(nowMs, ControlRecords.voters(voters));
        });
    }

    private static MemoryRecordsBuilder builder(long baseOffset, int epoch, long nowMs, boolean control, int size) {
        return new MemoryRecordsBuilder(
                new ByteBufferOutputStream(ByteBuffer.allocate(size)),
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                baseOffset,
                nowMs,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_SEQUENCE,
                false,
                control,
                epoch,
                Integer.MAX_VALUE);
    }

    /** A batch as listeners get it. */
    public static CommittedBatch committed(RecordBatch batch) {
        List<VersionedRecord> records = new ArrayList<>();
        if (!batch.isControlBatch()) {
            for (Record record : batch) {
                records.add(MetadataRecordSerde.read(record.value()));
            }
        }
        return new CommittedBatch(
                batch.baseOffset(),
                batch.lastOffset(),
                batch.partitionLeaderEpoch(),
                batch.maxTimestamp(),
                batch.sizeInBytes(),
                List.copyOf(records));
    }
}
