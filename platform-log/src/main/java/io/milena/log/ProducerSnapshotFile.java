package io.milena.log;

import io.milena.records.storage.ProducerSnapshot;
import io.milena.records.storage.ProducerSnapshot.ProducerEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's {@code .snapshot} of producer state: 2 bytes version, 4 bytes CRC32C of what follows it, the entries. Behind them,
 * where Kafka does not look, 8 bytes that tell up to which id producers have been forgotten; a snapshot of Kafka's lacks them.
 */
final class ProducerSnapshotFile {
    private static final int CRC_AT = 2;
    private static final int ENTRIES_AT = 6;

    private ProducerSnapshotFile() {}

    /** @param forgottenUpTo see {@link ProducerStates} */
    record Content(List<io.milena.log.ProducerEntry> producers, long forgottenUpTo) {}

    static void write(Path path, Collection<io.milena.log.ProducerEntry> producers, long forgottenUpTo, boolean sync)
            throws IOException {
        List<ProducerEntry> entries = new ArrayList<>(producers.size());
        for (io.milena.log.ProducerEntry producer : producers) {
            entries.add(new ProducerEntry()
                    .setProducerId(producer.producerId())
                    .setEpoch(producer.epoch())
                    .setLastSequence(producer.lastSequence())
                    .setLastOffset(producer.lastOffset())
                    .setOffsetDelta(producer.lastOffsetDelta())
                    .setTimestamp(producer.lastTimestampMs())
                    .setCoordinatorEpoch(producer.coordinatorEpoch())
                    .setCurrentTxnFirstOffset(producer.transactionStart()));
        }
        ByteBuffer kafkas = MessageUtil.toVersionPrefixedByteBuffer(
                ProducerSnapshot.HIGHEST_SUPPORTED_VERSION, new ProducerSnapshot().setProducerEntries(entries));
        ByteBuffer bytes = ByteBuffer.allocate(kafkas.remaining() + Long.BYTES);
        bytes.put(kafkas).putLong(forgottenUpTo).flip();
        bytes.putInt(CRC_AT, crcOf(bytes));
        PlainFile.write(path, 0, bytes, sync);
    }

    /** What is in the file, or null if it is damaged. */
    static @Nullable Content read(Path path) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(PlainFile.read(path));
        if (bytes.remaining() < ENTRIES_AT + Integer.BYTES || bytes.getInt(CRC_AT) != crcOf(bytes)) {
            return null;
        }
        short version = bytes.getShort();
        if (version < ProducerSnapshot.LOWEST_SUPPORTED_VERSION
                || version > ProducerSnapshot.HIGHEST_SUPPORTED_VERSION) {
            return null;
        }
        List<io.milena.log.ProducerEntry> producers = new ArrayList<>();
        for (ProducerEntry e : new ProducerSnapshot(new ByteBufferAccessor(bytes), version).producerEntries()) {
            producers.add(io.milena.log.ProducerEntry.restored(
                    e.producerId(),
                    e.epoch(),
                    e.coordinatorEpoch(),
                    e.timestamp(),
                    e.currentTxnFirstOffset(),
                    e.lastSequence(),
                    e.lastOffset(),
                    e.offsetDelta()));
        }
        boolean ours = bytes.remaining() == Long.BYTES;
        return new Content(producers, ours ? bytes.getLong() : ProducerStates.ALL);
    }

    private static int crcOf(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(ENTRIES_AT));
        return (int) crc.getValue();
    }
}
