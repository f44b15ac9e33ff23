package io.milena.starter.retry;

/** A topic that a group of this application follows. */
public record Subscription(String group, String topic) {}
