package io.milena.metadata.config;

import org.apache.kafka.common.errors.InvalidRequestException;

/** Node ids as names of configuration resources, refused in Kafka's words. */
public final class NodeIds {
    private NodeIds() {}

    /** @throws InvalidRequestException if {@code name} is no number */
    public static int parse(String name) {
        try {
            return Integer.parseInt(name);
        } catch (NumberFormatException notANumber) {
            throw new InvalidRequestException("Broker id must be an integer, but it is: " + name, notANumber);
        }
    }

    /** @throws InvalidRequestException unless {@code name} means the loggers of node {@code expected} */
    public static void requireThisLogger(String name, int expected) {
        if (name.isEmpty()) {
            throw new InvalidRequestException("Broker id must not be empty");
        }
        if (parse(name) != expected) {
            throw new InvalidRequestException("Unexpected broker id, expected " + expected + " but received " + name);
        }
    }
}
