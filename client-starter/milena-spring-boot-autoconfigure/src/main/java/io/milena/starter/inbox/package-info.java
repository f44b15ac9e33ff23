/**
 * A listener's effect and the memory that it happened are one transaction, so a redelivered event changes nothing. Runs on the
 * listener's thread.
 */
@NullMarked
package io.milena.starter.inbox;

import org.jspecify.annotations.NullMarked;
