/**
 * Kafka's protocol on the network: frames over Netty, request and response headers, message bodies, TLS and SASL.
 *
 * <p>A server is a {@link io.milena.wire.WireServer} with one {@link io.milena.wire.HandlerRegistry} for each listener; a
 * connection to another node is a {@link io.milena.wire.NodeClient}. Both live on shared
 * {@link io.milena.wire.WireEventLoops}. This package knows kafka-clients' message classes and Netty, and no other room.
 *
 * <p>Everything about one connection runs on that connection's event loop. A handler is called there too, so it must not
 * block; what it answers may come from any thread.
 */
@NullMarked
package io.milena.wire;

import org.jspecify.annotations.NullMarked;
