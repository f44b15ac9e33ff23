/**
 * What the readiness of an application should know of its events: broker, listeners, outbox. Runs on the threads that ask; broken
 * surroundings are told, with the reason, within a few time-outs.
 */
@NullMarked
package io.milena.starter.health;

import org.jspecify.annotations.NullMarked;
