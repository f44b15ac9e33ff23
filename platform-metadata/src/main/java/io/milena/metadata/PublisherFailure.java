package io.milena.metadata;

/**
 * A publisher that cannot act on the metadata, for now.
 *
 * @param publisher its name
 * @param offset of the image it failed with last
 * @param count failures since it worked last
 * @param sinceMs time of the first of them, ms since the Unix epoch
 * @param cause of the last of them
 */
public record PublisherFailure(String publisher, long offset, int count, long sinceMs, Throwable cause) {}
