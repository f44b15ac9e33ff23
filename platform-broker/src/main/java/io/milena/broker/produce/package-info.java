/**
 * Produce (api 0): request in, batches appended on the event loop that decoded them, answer out at once or when the high
 * watermark has passed them. Knows partitions and the wire; starts no thread.
 */
@NullMarked
package io.milena.broker.produce;

import org.jspecify.annotations.NullMarked;
