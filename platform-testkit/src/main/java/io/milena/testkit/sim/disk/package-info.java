/**
 * A disk in memory behind {@link java.nio.file.FileSystem}, so that the real log and the real small files are what is tested: what is written
 * is volatile until it is synced, a power cut keeps any part of the rest, a write can be torn, a sync can fail, space can run
 * out. Single-threaded, as the whole simulated world.
 */
@NullMarked
package io.milena.testkit.sim.disk;

import org.jspecify.annotations.NullMarked;
