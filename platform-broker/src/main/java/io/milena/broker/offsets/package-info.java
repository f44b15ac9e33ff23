/**
 * The small questions about a partition's log: ListOffsets, OffsetForLeaderEpoch, DeleteRecords, DescribeProducers. Runs on
 * event loops; knows partitions and the wire.
 */
@NullMarked
package io.milena.broker.offsets;

import org.jspecify.annotations.NullMarked;
