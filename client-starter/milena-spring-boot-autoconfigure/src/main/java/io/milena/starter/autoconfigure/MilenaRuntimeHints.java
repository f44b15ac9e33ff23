package io.milena.starter.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter;
import org.springframework.util.ClassUtils;

/** What a native image cannot see by itself: the script of the tables, and the proxy that puts our advice around a listener. */
final class MilenaRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/milena/starter/schema.sql");
        hints.proxies()
                .registerJdkProxy(AopProxyUtils.completeJdkProxyInterfaces(
                        ClassUtils.getAllInterfacesForClass(RecordMessagingMessageListenerAdapter.class, classLoader)));
    }
}
