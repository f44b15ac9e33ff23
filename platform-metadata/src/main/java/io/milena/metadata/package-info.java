/**
 * What the cluster is. Metadata records are replayed into a {@link io.milena.metadata.MetadataDelta}, which becomes the next
 * immutable {@link io.milena.metadata.MetadataImage}; images share what did not change. Controller and broker both live on
 * these types and nothing here decides anything. Pure: no I/O, no clock, no threads, except for the one thread that a
 * {@link io.milena.metadata.MetadataLoader} may be given. May touch the generated records and Kafka's plain value types.
 */
@NullMarked
package io.milena.metadata;

import org.jspecify.annotations.NullMarked;
