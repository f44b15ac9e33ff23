/**
 * What a node keeps on disk beside its logs: {@code meta.properties}, {@code quorum-state}, {@code bootstrap.checkpoint} and
 * metadata snapshots, in Kafka's formats, and the body of {@code kafka-storage.sh}. Plain files only; blocking; called by
 * the start-up thread, the command line and the raft thread.
 */
@NullMarked
package io.milena.raft.storage;

import org.jspecify.annotations.NullMarked;
