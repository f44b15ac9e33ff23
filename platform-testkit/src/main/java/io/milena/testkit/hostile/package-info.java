/**
 * A hostile client: every API with absurd sizes, counts, epochs and ranges, unfinished frames, answers that nobody reads, floods of
 * connections, on the clients' and the controllers' listeners of nodes that are processes with a small heap. Beside it a
 * well-behaved producer, which should not notice. {@code bin/hostile} runs it.
 */
@NullMarked
package io.milena.testkit.hostile;

import org.jspecify.annotations.NullMarked;
