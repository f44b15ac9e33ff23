/**
 * Replicas across brokers: followers fetch from their leaders and append what comes ({@link ReplicaFetchers}); leaders ask the
 * controller who is in sync ({@link IsrNegotiation}). Knows partitions, the metadata image and the protocol's messages, not how
 * connections are made. The fetchers run on a few threads of their own; answers of the network are handed to them.
 */
@NullMarked
package io.milena.broker.replication;

import org.jspecify.annotations.NullMarked;
