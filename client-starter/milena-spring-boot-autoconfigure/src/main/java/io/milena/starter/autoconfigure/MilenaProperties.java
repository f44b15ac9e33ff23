package io.milena.starter.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.sql.init.DatabaseInitializationMode;

/**
 * What all parts of the starter share.
 *
 * @param source name of this service in the events it sends (ce_source); by default the application's name
 * @param initializeSchema when to create the tables of outbox and inbox; with "never", copy
 *     io/milena/starter/schema.sql into your own migrations
 */
@ConfigurationProperties("milena")
public record MilenaProperties(
        @Nullable String source, @DefaultValue("always") DatabaseInitializationMode initializeSchema) {}
