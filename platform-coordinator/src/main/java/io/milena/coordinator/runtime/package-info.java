/**
 * What a coordinator needs of the broker: the log of its internal topic ({@link io.milena.coordinator.runtime.CoordinatorLog}),
 * the metadata ({@link io.milena.coordinator.runtime.CoordinatorView}) and the creation of internal topics
 * ({@link io.milena.coordinator.runtime.InternalTopics}). The broker implements them; a coordinator knows nothing else of it.
 */
@NullMarked
package io.milena.coordinator.runtime;

import org.jspecify.annotations.NullMarked;
