package io.milena.starter.autoconfigure;

import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The tables of outbox and inbox. */
@AutoConfiguration(after = DataSourceAutoConfiguration.class)
@ConditionalOnClass(DataSourceScriptDatabaseInitializer.class)
@ConditionalOnSingleCandidate(DataSource.class)
@EnableConfigurationProperties(MilenaProperties.class)
@Import(DatabaseInitializationDependencyConfigurer.class)
public final class MilenaSchemaAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(name = "milenaSchemaInitializer")
    DataSourceScriptDatabaseInitializer milenaSchemaInitializer(DataSource dataSource, MilenaProperties properties) {
        return new SchemaInitializer(dataSource, properties.initializeSchema());
    }
}
