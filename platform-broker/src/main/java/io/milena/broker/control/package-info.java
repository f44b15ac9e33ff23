/**
 * The broker's side of its relation to the controller and to the metadata: registration and heartbeats, the channel to the
 * active controller, forwarding of requests that the controller decides, and the answers that come from the metadata image
 * alone (Metadata, DescribeCluster, DescribeConfigs, …). Handlers run on event loops; the lifecycle on the node's scheduler
 * thread. May touch wire, raft's view of the leader, and the metadata image; no log.
 */
@NullMarked
package io.milena.broker.control;

import org.jspecify.annotations.NullMarked;
