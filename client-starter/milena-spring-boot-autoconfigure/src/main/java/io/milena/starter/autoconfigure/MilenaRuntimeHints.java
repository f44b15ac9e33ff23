package io.milena.starter.autoconfigure;

import io.milena.starter.event.OriginalKey;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter;
import org.springframework.util.ClassUtils;

/** What a native image cannot see by itself: the tables' script, what Kafka makes by its class, the proxy with our advice around a listener. */
final class MilenaRuntimeHints implements RuntimeHintsRegistrar {

    private static final List<String> TRANSACTION_MANAGERS = List.of(
            "org.springframework.jdbc.datasource.DataSourceTransactionManager",
            "org.springframework.jdbc.support.JdbcTransactionManager",
            "org.springframework.orm.jpa.JpaTransactionManager");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/milena/starter/schema.sql");
        hints.reflection().registerType(OriginalKey.Reader.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
        hints.reflection().registerType(OriginalKey.Writer.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
        hints.reflection()
                .registerType(
                        KafkaAdmin.class,
                        admin -> admin.withField("autoCreate")
                                .withMethod("newTopics", List.of(), ExecutableMode.INVOKE));
        for (String manager : TRANSACTION_MANAGERS) {
            hints.reflection()
                    .registerTypeIfPresent(
                            classLoader,
                            manager,
                            type -> type.withMethod("getDataSource", List.of(), ExecutableMode.INVOKE));
        }
        hints.proxies()
                .registerJdkProxy(AopProxyUtils.completeJdkProxyInterfaces(
                        ClassUtils.getAllInterfacesForClass(RecordMessagingMessageListenerAdapter.class, classLoader)));
    }
}
