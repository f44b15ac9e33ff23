/**
 * Events that were given up: published to the dead letter topic for everybody to see, kept in a table for this service to take up again
 * (docs/adr/0025-dead-letters.md). Publishing runs on the thread that gives up, the rest on the caller's.
 */
@NullMarked
package io.milena.starter.deadletter;

import org.jspecify.annotations.NullMarked;
