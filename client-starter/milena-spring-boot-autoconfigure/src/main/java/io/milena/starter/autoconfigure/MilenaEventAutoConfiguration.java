package io.milena.starter.autoconfigure;

import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventJson;
import io.milena.starter.event.EventTypes;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JacksonModule;

/** The contracts: which events the application knows, and their JSON. */
@AutoConfiguration(after = JacksonAutoConfiguration.class)
@EnableConfigurationProperties(MilenaProperties.class)
public final class MilenaEventAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    EventTypes milenaEventTypes() {
        return EventTypes.of();
    }

    /** Modules say how a type is written, wherever it is; {@code spring.jackson} and its customizers are about REST. */
    @Bean
    @ConditionalOnMissingBean
    EventJson milenaEventJson(ObjectProvider<JacksonModule> modules) {
        return EventJson.with(modules.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    EventCodec milenaEventCodec(EventTypes types, EventJson json) {
        return new EventCodec(types, json.mapper());
    }
}
