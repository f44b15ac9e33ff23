package io.milena.metadata;

/**
 * How an image was loaded.
 *
 * @param provenance the image's
 * @param snapshot whether it came from a snapshot rather than from batches of the log
 * @param batches how many batches went into the delta
 * @param bytes their size in the log, bytes; 0 for a snapshot
 * @param elapsedNs time spent replaying and applying, ns
 */
public record LoadManifest(MetadataProvenance provenance, boolean snapshot, int batches, long bytes, long elapsedNs) {}
