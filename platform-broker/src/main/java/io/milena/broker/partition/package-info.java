/**
 * The partitions this broker hosts: leader or follower role, leader epoch, in-sync replicas and high watermark on top of a
 * {@link io.milena.log.PartitionLog}, and the registry that follows the metadata image. Knows the log and the metadata, not
 * the wire. Event loops append and read; the metadata thread changes roles; one scheduler thread runs the periodic tasks.
 * A partition guards itself with its own lock; readers use volatile fields only.
 */
@NullMarked
package io.milena.broker.partition;

import org.jspecify.annotations.NullMarked;
