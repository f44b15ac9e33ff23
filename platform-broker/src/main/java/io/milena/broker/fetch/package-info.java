/**
 * Fetch (api 1): fetch sessions (KIP-227), reading within byte limits (KIP-74), and parked long polls that appends wake up.
 * Runs on event loops only; a parked fetch is touched by its own connection's loop alone. Bytes leave as file regions.
 */
@NullMarked
package io.milena.broker.fetch;

import org.jspecify.annotations.NullMarked;
