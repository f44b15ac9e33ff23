/**
 * The core's messages as Kafka's requests and responses, one class per API. Pure translation: no state, no I/O, any thread.
 */
@NullMarked
package io.milena.raft.rpc;

import org.jspecify.annotations.NullMarked;
