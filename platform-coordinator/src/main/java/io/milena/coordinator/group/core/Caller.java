package io.milena.coordinator.group.core;

/** Who sent a request, as it is shown to operators: client id of the request header, address as {@code /127.0.0.1}. */
public record Caller(String clientId, String clientHost) {}
