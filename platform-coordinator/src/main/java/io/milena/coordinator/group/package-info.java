/**
 * The group coordinator: {@link io.milena.coordinator.group.GroupCoordinator} is a coordinator runtime whose shards are
 * {@link io.milena.coordinator.group.core.GroupShard}s, one for each partition of {@code __consumer_offsets} that this
 * node leads. Requests come from the handlers in {@code api}; they run on the runtime's threads, and so do all rules.
 */
@NullMarked
package io.milena.coordinator.group;

import org.jspecify.annotations.NullMarked;
