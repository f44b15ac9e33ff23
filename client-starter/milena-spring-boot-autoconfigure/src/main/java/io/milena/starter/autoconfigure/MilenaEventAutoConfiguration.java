package io.milena.starter.autoconfigure;

import io.milena.starter.event.EventCodec;
import io.milena.starter.event.EventTypes;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/** The contracts: which events the application knows, and their JSON. */
@AutoConfiguration(after = JacksonAutoConfiguration.class)
@EnableConfigurationProperties(MilenaProperties.class)
public final class MilenaEventAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    EventTypes milenaEventTypes() {
        return EventTypes.of();
    }

    @Bean
    @ConditionalOnBean(JsonMapper.class)
    @ConditionalOnMissingBean
    EventCodec milenaEventCodec(EventTypes types, JsonMapper json) {
        return new EventCodec(types, json);
    }
}
