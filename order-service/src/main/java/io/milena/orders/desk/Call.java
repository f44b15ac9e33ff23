package io.milena.orders.desk;

import org.jspecify.annotations.Nullable;

/** The REST call behind a decision. */
public record Call(String method, String path, @Nullable String idempotencyKey) {}
