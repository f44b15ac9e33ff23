/**
 * Replication throttles (KIP-73): replicas that are to catch up slowly, so that moving partitions does not starve clients. The
 * rate is measured here and asked for by leaders (fetch) and followers (replication). Any thread.
 */
@NullMarked
package io.milena.broker.throttle;

import org.jspecify.annotations.NullMarked;
