/**
 * How a service listens: events arrive as plain records by type, each in one transaction with the inbox; offsets are committed
 * after the work; failures are retried in order and then dead-lettered. Runs on the listener containers' threads.
 */
@NullMarked
package io.milena.starter.listener;

import org.jspecify.annotations.NullMarked;
