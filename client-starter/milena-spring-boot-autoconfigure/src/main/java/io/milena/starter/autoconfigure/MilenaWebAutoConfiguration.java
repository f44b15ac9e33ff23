package io.milena.starter.autoconfigure;

import io.milena.starter.web.CorrelationFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.web.filter.OncePerRequestFilter;

/** Correlation ids of REST requests, in servlet applications. */
@AutoConfiguration
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass(OncePerRequestFilter.class)
public final class MilenaWebAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CorrelationFilter milenaCorrelationFilter() {
        return new CorrelationFilter();
    }
}
