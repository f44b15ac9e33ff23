package io.milena.wire;

/**
 * The software behind a connection, as the client named it in ApiVersions v3 or later (KIP-511).
 *
 * @param name for instance {@code apache-kafka-java}
 * @param version for instance {@code 4.3.1}
 */
public record ClientSoftware(String name, String version) {

    /** Of a client that has not named itself. */
    public static final ClientSoftware UNKNOWN = new ClientSoftware("unknown", "unknown");
}
