/**
 * What an application should tell of its events: broker, listeners, outbox, retries. Runs on the threads that ask; broken
 * surroundings are told, with the reason, within a few time-outs.
 */
@NullMarked
package io.milena.starter.health;

import org.jspecify.annotations.NullMarked;
