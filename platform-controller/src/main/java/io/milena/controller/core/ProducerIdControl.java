package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ProducerIdsRecord;
import java.util.List;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;

/** Gives brokers disjoint blocks of producer ids (KIP-730). */
public final class ProducerIdControl {
    /** Ids in a block; the block size is part of what brokers expect. */
    static final int BLOCK = 1000;

    private long next;

    public long next() {
        return next;
    }

    public Decision<AllocateProducerIdsResponseData> allocate(AllocateProducerIdsRequestData request, Brokers brokers) {
        brokers.checkEpoch(request.brokerId(), request.brokerEpoch());
        if (next > Long.MAX_VALUE - BLOCK) {
            throw new UnknownServerException("Exhausted all producerIds as the next block's end producerId is "
                    + "has exceeded the int64 type limit");
        }
        ProducerIdsRecord record = new ProducerIdsRecord()
                .setBrokerId(request.brokerId())
                .setBrokerEpoch(request.brokerEpoch())
                .setNextProducerId(next + BLOCK);
        return Decision.atomic(
                List.of(new VersionedRecord(record, 0)),
                new AllocateProducerIdsResponseData().setProducerIdStart(next).setProducerIdLen(BLOCK));
    }

    void replay(ProducerIdsRecord record) {
        if (record.nextProducerId() <= next) {
            throw new IllegalStateException("Next Producer ID from replayed record (" + record.nextProducerId()
                    + ") is not greater than current next Producer ID in block (" + next + ")");
        }
        next = record.nextProducerId();
    }
}
