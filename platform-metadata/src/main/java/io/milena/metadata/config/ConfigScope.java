package io.milena.metadata.config;

import org.apache.kafka.common.config.ConfigResource;

/** What a configuration key belongs to. */
public enum ConfigScope {
    /** A node's properties file, and brokers dynamically. */
    NODE("node", "broker"),
    TOPIC("topic", "topic"),
    GROUP("group", "group"),
    CLIENT_METRICS("client-metrics", "client metrics");

    private final String id;
    private final String title;

    ConfigScope(String id, String title) {
        this.id = id;
        this.title = title;
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
        return switch (this) {
            case NODE -> ConfigResource.Type.BROKER;
            case TOPIC -> ConfigResource.Type.TOPIC;
            case GROUP -> ConfigResource.Type.GROUP;
            case CLIENT_METRICS -> ConfigResource.Type.CLIENT_METRICS;
        };
    }
}
