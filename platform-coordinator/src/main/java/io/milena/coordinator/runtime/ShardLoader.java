package io.milena.coordinator.runtime;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a partition into a new shard, to its end. What lies above the high watermark is replayed too, so nobody may see the shard
 * before the high watermark has passed {@link Loaded#lastOffset}: a coordinator that answered earlier would tell committed
 * offsets that the next election takes back, or, without that part of the log, offsets older than its clients were told before. What
 * cannot be read, because a fault or a foreign hand wrote it, costs itself: it is
 * reported with its offset and passed over, and the groups or transactions beside it load.
 *
 * <p>On a loader thread. It holds one batch of the log at a time.
 */
final class ShardLoader<S extends Shard> {

    private static final Logger LOG = LoggerFactory.getLogger(ShardLoader.class);

    private final TopicPartition partition;
    private final RecordSerde serde;
    private final S shard;
    private long lastOffset = -1;

    private ShardLoader(TopicPartition partition, RecordSerde serde, S shard) {
        this.partition = partition;
        this.serde = serde;
        this.shard = shard;
    }

    /** Something in the log that a shard replays: a record, or a marker if there is no record. */
    private record Entry(@Nullable CoordinatorRecord record, long offset, long producerId, boolean commit) {
        void replay(Shard shard) {
            if (record == null) {
                shard.replayEndOfTransaction(producerId, commit);
            } else {
                shard.replay(record, offset, producerId);
            }
        }
    }

    /**
     * A shard that was read.
     *
     * @param lastOffset of all that was read, −1 if nothing was
     */
    record Loaded<S extends Shard>(S shard, long lastOffset) {}

    /** @throws RuntimeException if the log cannot be read at all */
    static <S extends Shard> Loaded<S> load(
            CoordinatorLog log, TopicPartition partition, int leaderEpoch, RecordSerde serde, S shard) {
        ShardLoader<S> loader = new ShardLoader<>(partition, serde, shard);
        try (BufferSupplier buffers = BufferSupplier.create()) {
            log.readAll(partition, leaderEpoch, batch -> loader.read(batch, buffers));
        }
        return new Loaded<>(shard, loader.lastOffset);
    }

    private void read(RecordBatch batch, BufferSupplier buffers) {
        lastOffset = batch.lastOffset();
        long producerId = batch.isTransactional() ? batch.producerId() : RecordBatch.NO_PRODUCER_ID;
        long next = batch.baseOffset();
        try {
            batch.ensureValid();
            try (CloseableIterator<Record> records = batch.streamingIterator(buffers)) {
                while (records.hasNext()) {
                    Record record = records.next();
                    next = record.offset() + 1;
                    Entry entry = read(record, producerId, batch.isControlBatch());
                    if (entry != null) {
                        replay(entry);
                    }
                }
            }
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error(
                    "A batch of {} is damaged: its records from offset {} to {} are passed over",
                    partition,
                    next,
                    batch.lastOffset(),
                    e);
        }
    }

    private @Nullable Entry read(Record record, long producerId, boolean control) {
        try {
            if (control) {
                ControlRecordType type = ControlRecordType.parse(record.key());
                boolean commit = type == ControlRecordType.COMMIT;
                return commit || type == ControlRecordType.ABORT
                        ? new Entry(null, record.offset(), producerId, commit)
                        : null;
            }
            CoordinatorRecord read = record.hasKey() ? serde.read(record.key(), record.value()) : null;
            if (read == null) {
                LOG.debug("The record at offset {} of {} is of a later release", record.offset(), partition);
                return null;
            }
            return new Entry(read, record.offset(), producerId, false);
        } catch (RuntimeException e) {
            LOG.error("The record at offset {} of {} cannot be read and is passed over", record.offset(), partition, e);
            return null;
        }
    }

    private void replay(Entry entry) {
        try {
            entry.replay(shard);
        } catch (RuntimeException e) {
            LOG.error("The record at offset {} of {} makes no sense and is passed over", entry.offset, partition, e);
        }
    }
}
