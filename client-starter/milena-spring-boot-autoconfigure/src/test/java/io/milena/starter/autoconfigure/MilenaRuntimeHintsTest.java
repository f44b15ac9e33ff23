package io.milena.starter.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.event.OriginalKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.kafka.listener.adapter.RecordMessagingMessageListenerAdapter;

class MilenaRuntimeHintsTest {

    @Test
    void a_native_image_has_the_script_and_the_proxy_around_a_listener() throws Exception {
        RuntimeHints hints = new RuntimeHints();
        SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
                .load(RuntimeHintsRegistrar.class)
                .stream()
                .filter(MilenaRuntimeHints.class::isInstance)
                .forEach(registrar -> registrar.registerHints(hints, getClass().getClassLoader()));

        assertThat(RuntimeHintsPredicates.resource().forResource("io/milena/starter/schema.sql"))
                .accepts(hints);
        for (Class<?> madeByKafka : List.of(OriginalKey.Reader.class, OriginalKey.Writer.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(madeByKafka.getConstructor()))
                    .accepts(hints);
        }
        Object proxy = new ProxyFactory(new RecordMessagingMessageListenerAdapter<>(this, null)).getProxy();
        assertThat(proxy).isInstanceOf(SpringProxy.class).isInstanceOf(Advised.class);
        assertThat(RuntimeHintsPredicates.proxies()
                        .forInterfaces(proxy.getClass().getInterfaces()))
                .accepts(hints);
    }
}
