/**
 * The simulated world. One seed decides everything, and the same seed always gives the same history.
 *
 * <ul>
 *   <li>{@link io.milena.testkit.sim.World}: time, the event queue, dice, the trace and the invariants looked at after each event.
 *   <li>{@link io.milena.testkit.sim.Network}: makes hosts, carries bytes between them, badly if told so.
 *   <li>{@link io.milena.testkit.sim.Host}: a machine with a {@link io.milena.testkit.sim.HostClock clock} that drifts and jumps and a
 *       {@link io.milena.testkit.sim.disk.Disk disk}; is booted with a {@link io.milena.testkit.sim.Host.Program}, killed, paused, loses
 *       its power.
 *   <li>{@link io.milena.testkit.sim.Life}: one run of a process; its timers and tasks ({@link java.util.concurrent.Executor}) die with it.
 * </ul>
 *
 * A process does everything inside events of its life: at boot, in {@code life.after(ms, …)} and {@code life.execute(…)}, when a
 * request arrives ({@code network.listen}) or an answer comes ({@code network.call}). It takes the time from
 * {@code host.clock()}, chance from {@code world.dice().fork()}, files from {@code host.disk().path("/…")}. It starts no thread and
 * uses nothing whose order is not its own doing (an iteration over a {@code HashMap} of objects with identity hashes would be enough
 * to lose the history).
 *
 * <p>Nothing here knows Raft: what is simulated stands in the packages beside this one.
 */
@NullMarked
package io.milena.testkit.sim;

import org.jspecify.annotations.NullMarked;
