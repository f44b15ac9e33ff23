package io.milena.starter.broker;

/**
 * Why there is no working connection to a broker.
 *
 * @param description what is wrong, and where
 * @param action what to do about it
 */
public record BrokerTrouble(Kind kind, String description, String action) {

    /** What sort of trouble it is. */
    public enum Kind {
        /** A name does not resolve, or nothing answers at any of the bootstrap addresses. */
        UNREACHABLE,
        /** Something answers, but not as a Kafka broker does. */
        NO_BROKER,
        /** The broker answers and names addresses for further connections that do not work from here. */
        ADVERTISED_ADDRESS,
        /** A topic that is needed does not exist. */
        MISSING_TOPIC,
        /** Broker and client have no version of an API in common. */
        UNSUPPORTED,
        /** The broker does not let this client in, or not do this. */
        NOT_ALLOWED,
        /** Something else; the description is the client's own. */
        OTHER
    }

    @Override
    public String toString() {
        return description + ". " + action;
    }
}
