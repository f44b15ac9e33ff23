package io.milena.metadata.config;

/** A voter of a static quorum, {@code id@host:port} in controller.quorum.voters. */
public record QuorumVoter(int id, String host, int port) {
    @Override
    public String toString() {
        return id + "@" + host + ":" + port;
    }
}
