/**
 * Groups in the simulated world of coordinators: their coordinator on each broker, clients that play members of every kind, and what must
 * hold of what they are told. The truth is what is committed in the logs of {@code __consumer_offsets}.
 */
@NullMarked
package io.milena.testkit.coordinator.group;

import org.jspecify.annotations.NullMarked;
