/**
 * The group coordinator's hands: {@link io.milena.coordinator.group.GroupCoordinator} gives every {@code __consumer_offsets}
 * partition that this node leads one {@link io.milena.coordinator.group.core.GroupShard} and runs it in turns. A turn runs
 * on whichever thread brings the work (an event loop, the committing thread, the timer), never on two at once, so a
 * heartbeat needs no hand-off between threads. What a shard wants written is collected into batches and appended
 * through {@link io.milena.coordinator.runtime.CoordinatorLog}; answers leave after the commit. The package knows the rest of
 * the broker only through the three seams {@code CoordinatorLog}, {@code CoordinatorView} and {@code InternalTopics}.
 */
@NullMarked
package io.milena.coordinator.group;

import org.jspecify.annotations.NullMarked;
