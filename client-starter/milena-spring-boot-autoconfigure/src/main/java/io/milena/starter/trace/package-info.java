/**
 * One trace from the REST request through outbox, record and listener to the database, with Micrometer Tracing; without a tracer the
 * trace that came in is passed on (docs/adr/0027-conversations-and-traces.md). Runs on the caller's threads.
 */
@NullMarked
package io.milena.starter.trace;

import org.jspecify.annotations.NullMarked;
