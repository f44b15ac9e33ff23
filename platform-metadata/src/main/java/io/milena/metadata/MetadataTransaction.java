package io.milena.metadata;

import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.MetadataRecordType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * Sorts records into those to apply now and those that wait for the end of a metadata transaction (KIP-868).
 *
 * <pre>
 *   outside --Begin--> inside --End--> outside   (held records are applied)
 *                             --Abort--> outside (records after Begin are dropped)
 * </pre>
 */
final class MetadataTransaction {
    /** Records of the beginning batch before Begin: applied in either case, but not before the batch as a whole is. */
    private final List<Held> before = new ArrayList<>();

    private final List<Held> inside = new ArrayList<>();
    private boolean open;
    private MetadataProvenance appliedEnd = MetadataProvenance.EMPTY;

    /** End of the last batch that is applied whole. */
    MetadataProvenance appliedEnd() {
        return appliedEnd;
    }

    boolean isOpen() {
        return open;
    }

    void startAfter(MetadataProvenance end) {
        appliedEnd = end;
    }

    /** A snapshot holds whole transactions only: what was pending is in it or never was. */
    void reset() {
        before.clear();
        inside.clear();
        open = false;
    }

    /**
     * Takes a batch and hands on the records that are certain.
     *
     * @return how many those were
     */
    int add(CommittedBatch batch, ObjLongConsumer<VersionedRecord> apply) {
        List<Held> certain = new ArrayList<>(batch.records().size());
        long offset = batch.baseOffset();
        for (VersionedRecord record : batch.records()) {
            take(new Held(record, offset++), certain);
        }
        if (open) {
            before.addAll(certain);
            return 0;
        }
        for (Held held : certain) {
            apply.accept(held.record, held.offset);
        }
        appliedEnd = new MetadataProvenance(batch.lastOffset(), batch.epoch(), batch.appendTimestampMs());
        return certain.size();
    }

    private void take(Held held, List<Held> certain) {
        switch (MetadataRecordType.fromId(held.record.message().apiKey())) {
            case BEGIN_TRANSACTION_RECORD -> {
                require(!open, "begins a transaction inside another", held);
                open = true;
            }
            case END_TRANSACTION_RECORD -> {
                require(open, "ends a transaction that was not begun", held);
                certain.addAll(0, before);
                certain.addAll(inside);
                reset();
            }
            case ABORT_TRANSACTION_RECORD -> {
                require(open, "aborts a transaction that was not begun", held);
                certain.addAll(0, before);
                reset();
            }
            default -> (open ? inside : certain).add(held);
        }
    }

    private static void require(boolean legal, String what, Held held) {
        if (!legal) {
            throw new IllegalStateException("The record at offset " + held.offset + " of the metadata log " + what);
        }
    }

    private record Held(VersionedRecord record, long offset) {}
}
