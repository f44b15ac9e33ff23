package io.milena.starter.outbox;

/** An entry the broker has acknowledged, and where it lies. */
record SentEvent(OutboxEntry entry, int partition, long offset) {}
