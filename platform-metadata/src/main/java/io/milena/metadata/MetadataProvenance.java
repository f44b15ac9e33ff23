package io.milena.metadata;

import io.milena.records.OffsetAndEpoch;

/**
 * Where an image comes from: the last batch of the metadata log it contains.
 *
 * @param offset offset of the last record contained, -1 if none; always the end of a batch
 * @param epoch leader epoch of that record, -1 if none
 * @param timestampMs append time of its batch, ms since the Unix epoch, -1 if none
 */
public record MetadataProvenance(long offset, int epoch, long timestampMs) {
    /** Of an image that contains nothing. */
    public static final MetadataProvenance EMPTY = new MetadataProvenance(-1L, -1, -1L);

    /** The id of a snapshot of this image: the end offset is exclusive (KIP-630). */
    public OffsetAndEpoch snapshotId() {
        return new OffsetAndEpoch(offset + 1, epoch);
    }
}
