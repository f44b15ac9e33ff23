package io.milena.log;

import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the idempotent and the transactional producer (KIP-98, KIP-360): may this batch follow what we know of its
 * producer? Pure: it reads the entry and throws, or does nothing.
 */
final class ProducerCheck {
    private static final short NO_EPOCH = -1;

    private ProducerCheck() {}

    /**
     * The first batch of a producer that the partition does not know.
     *
     * @param mayBeForgotten true if the partition may have known the producer once: then any sequence is accepted. Else it
     *     begins at 0: if a later batch were taken because the first one was turned away, by a leader that had not heard of
     *     its leadership, say, then the first one could never be written any more (KAFKA-14359, KAFKA-15591)
     */
    static void firstBatch(boolean mayBeForgotten, ByteBuffer b, int at, TopicPartition partition) {
        long producerId = BatchHeader.producerId(b, at);
        short epoch = BatchHeader.producerEpoch(b, at);
        if (epoch < NO_EPOCH) {
            throw new InvalidProducerEpochException("Epoch " + epoch + " of producer " + producerId + " in " + partition
                    + " is smaller than the last seen epoch " + NO_EPOCH);
        }
        int sequence = BatchHeader.baseSequence(b, at);
        if (!mayBeForgotten && sequence != 0) {
            throw new OutOfOrderSequenceException("Out of order sequence number for producer " + producerId + " in "
                    + partition + ": " + sequence + " (incoming sequence), but nothing of it was ever written here");
        }
    }

    /**
     * A batch of a producer that the partition knows.
     *
     * @param client true to check sequences too; a coordinator's offset commits carry none
     */
    static void dataBatch(ProducerEntry entry, ByteBuffer b, int at, boolean client, TopicPartition partition) {
        short epoch = BatchHeader.producerEpoch(b, at);
        notFenced(entry, epoch, partition);
        if (client) {
            inSequence(entry, epoch, BatchHeader.baseSequence(b, at), partition);
        }
        if (entry.transactionStart() >= 0 && !BatchHeader.isTransactional(b, at)) {
            throw new InvalidTxnStateException("Producer " + entry.producerId() + " has an open transaction in "
                    + partition + " since offset " + entry.transactionStart()
                    + ", but sent records outside of a transaction");
        }
    }

    static void marker(@Nullable ProducerEntry entry, short epoch, TransactionMarker marker, TopicPartition partition) {
        if (entry == null) {
            return;
        }
        notFenced(entry, epoch, partition);
        if (entry.coordinatorEpoch() > marker.coordinatorEpoch()) {
            throw new TransactionCoordinatorFencedException("Marker for producer " + entry.producerId() + " in "
                    + partition + " comes from coordinator epoch " + marker.coordinatorEpoch() + ", but epoch "
                    + entry.coordinatorEpoch() + " has written here already");
        }
    }

    private static void notFenced(ProducerEntry entry, short epoch, TopicPartition partition) {
        if (epoch < entry.epoch()) {
            throw new InvalidProducerEpochException("Epoch " + epoch + " of producer " + entry.producerId() + " in "
                    + partition + " is smaller than the last seen epoch " + entry.epoch());
        }
    }

    private static void inSequence(ProducerEntry entry, short epoch, int firstSequence, TopicPartition partition) {
        if (epoch != entry.epoch()) {
            if (firstSequence != 0) {
                throw new OutOfOrderSequenceException("Producer " + entry.producerId() + " begins epoch " + epoch
                        + " in " + partition + " with sequence " + firstSequence + " instead of 0 (epoch so far: "
                        + entry.epoch() + ")");
            }
            return;
        }
        int last = entry.lastSequence();
        if (firstSequence != last + 1L && !(firstSequence == 0 && last == Integer.MAX_VALUE)) {
            throw new OutOfOrderSequenceException("Out of order sequence number for producer " + entry.producerId()
                    + " in " + partition + ": " + firstSequence + " (incoming sequence), " + last
                    + " (current end sequence)");
        }
    }
}
