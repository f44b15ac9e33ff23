/**
 * The group coordinator's pure heart: the classic group protocol and committed offsets as functions of (request, time)
 * to (records, answers, deadlines). No thread, clock, randomness, socket or file lives here; a shard is used by one
 * thread at a time. Durable state is changed by {@code GroupShard.replay} alone, which runs when a record is committed
 * or loaded.
 */
@NullMarked
package io.milena.coordinator.group.core;

import org.jspecify.annotations.NullMarked;
