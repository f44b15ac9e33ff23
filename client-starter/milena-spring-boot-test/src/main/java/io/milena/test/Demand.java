package io.milena.test;

import io.milena.embedded.EmbeddedCluster;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.SpringApplication;

/**
 * What a test class asks for. Equal demands get the same cluster, which lives as long as the JVM.
 *
 * @param properties each as name=value, sorted
 */
record Demand(int brokers, int controllers, List<String> properties) {
    private static final Map<Demand, MilenaCluster> CLUSTERS = new ConcurrentHashMap<>();

    static Demand of(MilenaTest test) {
        return new Demand(
                test.brokers(),
                test.controllers(),
                Arrays.stream(test.properties()).sorted().toList());
    }

    MilenaCluster cluster() {
        return CLUSTERS.computeIfAbsent(this, Demand::start);
    }

    private MilenaCluster start() {
        EmbeddedCluster.Builder builder = EmbeddedCluster.builder()
                .brokers(brokers)
                .controllers(controllers)
                .faults();
        for (String property : properties) {
            int equals = property.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "@MilenaTest: a property is name=value, but one is '" + property + "'");
            }
            builder.property(
                    property.substring(0, equals).trim(),
                    property.substring(equals + 1).trim());
        }
        MilenaCluster cluster = new MilenaCluster(builder.start());
        // Runs when the application contexts are closed, which still have clients.
        SpringApplication.getShutdownHandlers().add(cluster::close);
        return cluster;
    }
}
