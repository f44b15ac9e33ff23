/**
 * Brokers as their coordinators see them: threads that are busy, a replicated log for each partition of an internal topic, its
 * leaders and the news of them, clocks, and what goes wrong with all that. Nothing here knows what the coordinators are about.
 */
@NullMarked
package io.milena.testkit.coordinator.node;

import org.jspecify.annotations.NullMarked;
