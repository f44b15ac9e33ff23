/**
 * One handler per group API (PROTOCOL.md, group 3). Handlers run on the connection's event loop, translate between
 * request versions and the coordinator's one form of each call, resolve topic ids against the metadata image, and hold
 * no state. They may touch the wire, the metadata view and {@code GroupCoordinator}.
 */
@NullMarked
package io.milena.coordinator.group.api;

import org.jspecify.annotations.NullMarked;
