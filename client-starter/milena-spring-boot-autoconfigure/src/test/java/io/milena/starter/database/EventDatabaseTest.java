package io.milena.starter.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/** Which of an application's transaction managers is the database's. */
class EventDatabaseTest {

    private final DataSource ours = new DriverManagerDataSource("jdbc:h2:mem:ours");
    private final PlatformTransactionManager one = new JdbcTransactionManager(ours);
    private final PlatformTransactionManager second = new JdbcTransactionManager(ours);
    private final PlatformTransactionManager foreign =
            new JdbcTransactionManager(new DriverManagerDataSource("jdbc:h2:mem:foreign"));
    private final PlatformTransactionManager kafka = new KafkaTransactionManager<>(transactional());
    private final PlatformTransactionManager jta = mock(PlatformTransactionManager.class);

    @Test
    void the_manager_of_our_data_source_is_taken_whatever_else_is_there() {
        assertThat(chosen(Map.of("one", one), one)).isSameAs(one);
        assertThat(chosen(Map.of("one", one, "foreign", foreign, "kafka", kafka, "jta", jta), null))
                .isSameAs(one);
        assertThat(chosen(Map.of("one", one, "kafka", kafka), kafka)).isSameAs(one);
        assertThat(chosen(Map.of("one", one, "foreign", foreign), foreign)).isSameAs(one);
        assertThat(EventDatabase.of(
                                new TransactionAwareDataSourceProxy(ours),
                                new JdbcTemplate(ours),
                                Map.of("one", one),
                                null)
                        .transactions())
                .isSameAs(one);
    }

    @Test
    void of_two_managers_of_our_data_source_the_primary_is_taken() {
        assertThat(chosen(Map.of("one", one, "second", second), second)).isSameAs(second);
        assertThatThrownBy(() -> chosen(Map.of("one", one, "second", second), null))
                .isInstanceOf(NoTransactionManagerException.class)
                .hasMessageContaining("{one=JdbcTransactionManager, second=JdbcTransactionManager}");
    }

    @Test
    void a_manager_that_knows_of_no_data_source_is_taken_if_it_is_the_only_one() {
        assertThat(chosen(Map.of("jta", jta, "kafka", kafka), null)).isSameAs(jta);
    }

    @Test
    void neither_kafkas_nor_another_databases_manager_is_taken_for_ours() {
        assertThatThrownBy(() -> chosen(Map.of("kafka", kafka), kafka))
                .isInstanceOf(NoTransactionManagerException.class)
                .hasMessageContaining("None of the transaction managers", "KafkaTransactionManager");
        assertThatThrownBy(() -> chosen(Map.of("foreign", foreign), foreign))
                .isInstanceOf(NoTransactionManagerException.class);
    }

    private PlatformTransactionManager chosen(
            Map<String, PlatformTransactionManager> managers, PlatformTransactionManager primary) {
        return EventDatabase.of(ours, new JdbcTemplate(ours), managers, primary).transactions();
    }

    private static ProducerFactory<Object, Object> transactional() {
        ProducerFactory<Object, Object> factory = mock();
        org.mockito.Mockito.when(factory.transactionCapable()).thenReturn(true);
        return factory;
    }
}
