/**
 * Consumer groups of KIP-848, whose assignment is made here and not by a member: pure like {@code group.core}, which they
 * share a shard with. A heartbeat brings what has changed at a member and takes home what it may consume now; members are
 * led from their current to their target assignment one by one, without stopping the others. State is changed only by
 * applying records, at load and the moment they are decided. Members of the classic protocol may be in such a group, too; {@code
 * Migration} tells how groups change from one protocol to the other.
 */
@NullMarked
package io.milena.coordinator.group.consumer;

import org.jspecify.annotations.NullMarked;
