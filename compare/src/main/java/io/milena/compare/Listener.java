package io.milena.compare;

/** Which listener of a node a question goes to. */
public enum Listener {
    BROKER,
    CONTROLLER
}
