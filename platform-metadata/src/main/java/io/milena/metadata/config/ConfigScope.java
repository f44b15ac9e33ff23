package io.milena.metadata.config;

import org.apache.kafka.common.config.ConfigResource;

/** What a configuration key belongs to. */
public enum ConfigScope {
    /** A node's properties file, and brokers dynamically. */
    NODE("node", "broker", ConfigResource.Type.BROKER),
    TOPIC("topic", "topic", ConfigResource.Type.TOPIC),
    GROUP("group", "group", ConfigResource.Type.GROUP),
    CLIENT_METRICS("client-metrics", "client metrics", ConfigResource.Type.CLIENT_METRICS);

    private final String id;
    private final String title;
    private final ConfigResource.Type resourceType;

    ConfigScope(String id, String title, ConfigResource.Type resourceType) {
        this.id = id;
        this.title = title;
        this.resourceType = resourceType;
    }

    /** As in the table of definitions. */
    public String id() {
        return id;
    }

    /** As in messages. */
    String title() {
        return title;
    }

    public ConfigResource.Type resourceType() {
        return resourceType;
    }

    static ConfigScope ofId(String id) {
        for (ConfigScope scope : values()) {
            if (scope.id.equals(id)) {
                return scope;
            }
        }
        throw new IllegalArgumentException("Unknown configuration scope '" + id + "'");
    }
}
