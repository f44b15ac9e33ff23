/**
 * Kafka's protocol on the simulated network: {@link io.milena.testkit.sim.wire.WireClient} asks, {@link io.milena.testkit.sim.wire.WireService}
 * lets the real {@link io.milena.wire.ApiHandler}s answer. Each request and response is written to bytes and read again at
 * its version, headers included. Event loops are the process's own events.
 */
@NullMarked
package io.milena.testkit.sim.wire;

import org.jspecify.annotations.NullMarked;
