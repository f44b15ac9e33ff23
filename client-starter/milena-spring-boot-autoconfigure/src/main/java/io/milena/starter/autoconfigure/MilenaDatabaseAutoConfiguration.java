package io.milena.starter.autoconfigure;

import io.milena.starter.database.EventDatabase;
import javax.sql.DataSource;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcAccessor;
import org.springframework.transaction.PlatformTransactionManager;

/** The database that outbox, inbox and parked events share with the application's data. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration",
            "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration"
        })
@ConditionalOnClass(JdbcTemplate.class)
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnBean(PlatformTransactionManager.class)
public final class MilenaDatabaseAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    EventDatabase milenaEventDatabase(
            DataSource dataSource,
            ObjectProvider<JdbcOperations> templates,
            ObjectProvider<PlatformTransactionManager> managers,
            ListableBeanFactory beans) {
        JdbcOperations jdbc = templates.stream()
                .filter(one -> one instanceof JdbcAccessor template && template.getDataSource() == dataSource)
                .findFirst()
                .orElseGet(() -> new JdbcTemplate(dataSource));
        return EventDatabase.of(
                dataSource, jdbc, beans.getBeansOfType(PlatformTransactionManager.class), managers.getIfUnique());
    }
}
