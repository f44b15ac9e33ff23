package io.milena.metadata;

import org.apache.kafka.common.security.auth.SecurityProtocol;

/** Where a node can be reached: a listener with the host and port it advertises. */
public record Endpoint(String listener, String host, int port, SecurityProtocol protocol) {}
