/**
 * Log directories seen by operators: DescribeLogDirs and AlterReplicaLogDirs. Runs on event loops; knows the partition registry
 * and the wire.
 */
@NullMarked
package io.milena.broker.logdirs;

import org.jspecify.annotations.NullMarked;
