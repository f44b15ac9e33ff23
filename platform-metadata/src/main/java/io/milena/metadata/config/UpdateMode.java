package io.milena.metadata.config;

/** How a node's key can be changed while the node runs (KIP-226). */
public enum UpdateMode {
    READ_ONLY("-"),
    PER_BROKER("per-broker"),
    CLUSTER_WIDE("cluster-wide");

    private final String id;

    UpdateMode(String id) {
        this.id = id;
    }

    public String id() {
        return id;
    }

    static UpdateMode ofId(String id) {
        return switch (id) {
            case "per-broker" -> PER_BROKER;
            case "cluster-wide" -> CLUSTER_WIDE;
            default -> READ_ONLY;
        };
    }
}
