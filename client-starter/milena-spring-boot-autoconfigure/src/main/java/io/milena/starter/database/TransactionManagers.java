package io.milena.starter.database;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.kafka.transaction.KafkaAwareTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ReflectionUtils;

/**
 * Finds the manager whose transactions a DataSource's connections join: those of JDBC, JPA and Hibernate all tell their DataSource. Kafka's
 * is never taken: its commit says nothing about a database.
 */
final class TransactionManagers {

    private TransactionManagers() {}

    static PlatformTransactionManager of(
            DataSource dataSource,
            Map<String, PlatformTransactionManager> all,
            @Nullable PlatformTransactionManager preferred) {
        Collection<PlatformTransactionManager> candidates = all.values().stream()
                .filter(manager -> !(manager instanceof KafkaAwareTransactionManager<?, ?>))
                .toList();
        List<PlatformTransactionManager> ours =
                candidates.stream().filter(manager -> isOf(dataSource, manager)).toList();
        if (preferred != null && ours.contains(preferred)) {
            return preferred;
        }
        if (ours.size() == 1) {
            return ours.get(0);
        }
        if (candidates.size() == 1) {
            PlatformTransactionManager only = candidates.iterator().next();
            if (dataSourceGetter(only) == null) {
                return only; // JTA's, or one that wraps another: it has no DataSource to compare
            }
        }
        Map<String, String> told = all.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> entry.getValue().getClass().getSimpleName(),
                        (a, b) -> a,
                        TreeMap::new));
        throw new NoTransactionManagerException(
                ours.isEmpty()
                        ? "None of the transaction managers is known to be of the DataSource that outbox and inbox use: "
                                + told
                        : "Several transaction managers are of the DataSource that outbox and inbox use, and none of"
                                + " them is primary: " + told);
    }

    private static boolean isOf(DataSource dataSource, PlatformTransactionManager manager) {
        Method getter = dataSourceGetter(manager);
        return getter != null
                && ReflectionUtils.invokeMethod(getter, manager) instanceof DataSource its
                && joined(its) == joined(dataSource);
    }

    /** Without a dependency on JPA or Hibernate; null if the manager knows of no DataSource. */
    private static @Nullable Method dataSourceGetter(PlatformTransactionManager manager) {
        Method getter = ReflectionUtils.findMethod(manager.getClass(), "getDataSource");
        return getter != null && DataSource.class.isAssignableFrom(getter.getReturnType()) ? getter : null;
    }

    private static DataSource joined(DataSource dataSource) {
        DataSource target =
                dataSource instanceof TransactionAwareDataSourceProxy proxy ? proxy.getTargetDataSource() : null;
        return target == null ? dataSource : joined(target);
    }
}
