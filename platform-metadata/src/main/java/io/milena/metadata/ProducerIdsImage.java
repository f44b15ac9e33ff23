package io.milena.metadata;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ProducerIdsRecord;
import java.util.function.Consumer;

/**
 * Producer ids handed out in blocks (KIP-730).
 *
 * @param nextProducerId first id of the next block, -1 before the first block
 */
public record ProducerIdsImage(long nextProducerId) {
    public static final ProducerIdsImage EMPTY = new ProducerIdsImage(-1L);

    public boolean isEmpty() {
        return nextProducerId < 0;
    }

    void write(Consumer<VersionedRecord> out) {
        if (!isEmpty()) {
            out.accept(new VersionedRecord(
                    new ProducerIdsRecord().setBrokerId(-1).setBrokerEpoch(-1).setNextProducerId(nextProducerId), 0));
        }
    }
}
