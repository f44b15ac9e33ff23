package io.milena.test;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/** Leads the contexts of tests with {@link MilenaTest} to their cluster. Contexts of equal demands are the same to Spring's cache. */
final class ClusterOfContext implements ContextCustomizerFactory {

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        return MilenaTests.annotationOf(testClass)
                .map(test -> new Customizer(Demand.of(test)))
                .orElse(null);
    }

    /** Equal to those of the same demand. */
    private record Customizer(Demand demand) implements ContextCustomizer {
        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration merged) {
            MilenaCluster cluster = demand.cluster();
            context.getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "milenaTest", Map.of("spring.kafka.bootstrap-servers", cluster.bootstrapServers())));
            context.getBeanFactory().registerSingleton("milenaCluster", cluster);
        }
    }
}
