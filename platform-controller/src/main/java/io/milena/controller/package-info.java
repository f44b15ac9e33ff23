/**
 * The controller's driver: one event-queue thread that lets the pure state machines of {@code core} decide, appends their
 * records to the metadata log, replays them speculatively and answers after commit (KIP-500, KIP-631). It may touch the
 * metadata log through {@link io.milena.controller.MetadataLogWriter} only; requests reach it through {@code api}.
 */
@NullMarked
package io.milena.controller;

import org.jspecify.annotations.NullMarked;
