package io.milena.metadata.config;

/** What a process does in the cluster (KIP-500). */
public enum ProcessRole {
    BROKER,
    CONTROLLER
}
