/**
 * What every coordinator has in common, whatever its internal topic is about. {@link
 * io.milena.coordinator.runtime.CoordinatorRuntime} runs the {@link io.milena.coordinator.runtime.Shard}s of one topic on
 * {@link io.milena.coordinator.runtime.CoordinatorThreads}, loads them from their partitions, writes their records in batches and lets answers leave after the commit. The
 * rules are the shard's; {@code Shard} says what a coordinator must do to get them right, and {@link
 * io.milena.coordinator.runtime.RecordSerde} how its records read.
 *
 * <p>The package knows the broker through three seams: its log ({@link io.milena.coordinator.runtime.CoordinatorLog}), its
 * metadata ({@link io.milena.coordinator.runtime.CoordinatorView}) and the creation of internal topics ({@link
 * io.milena.coordinator.runtime.InternalTopics}).
 */
@NullMarked
package io.milena.coordinator.runtime;

import org.jspecify.annotations.NullMarked;
