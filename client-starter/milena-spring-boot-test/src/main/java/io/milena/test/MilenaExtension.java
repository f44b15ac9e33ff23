package io.milena.test;

import io.milena.embedded.FaultOnDemand;
import java.time.Duration;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContextException;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Brings the cluster to the tests, and its troubles; cleans up after each. */
final class MilenaExtension implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        MilenaCluster cluster = cluster(context);
        Stream.concat(
                        MilenaTests.outermostFirst(context.getRequiredTestClass()).stream(),
                        Stream.of(context.getRequiredTestMethod()))
                .forEach(element -> {
                    AnnotationSupport.findRepeatableAnnotations(element, Fault.class)
                            .forEach(fault -> cluster.inject(onDemand(fault)));
                    AnnotationSupport.findAnnotation(element, KilledBroker.class)
                            .ifPresent(killed -> {
                                for (int id : killed.value()) {
                                    cluster.kill(id);
                                }
                            });
                });
    }

    @Override
    public void afterEach(ExtensionContext context) {
        cluster(context).reset();
    }

    private static FaultOnDemand onDemand(Fault annotation) {
        FaultOnDemand fault = FaultOnDemand.on(annotation.api().name())
                .broker(annotation.broker())
                .times(annotation.times())
                .delay(Duration.ofMillis(annotation.delayMs()));
        if (!annotation.topic().isEmpty()) {
            fault = fault.topic(annotation.topic());
        }
        if (annotation.error() != Errors.NONE) {
            fault = fault.error(annotation.error().name());
        }
        return annotation.disconnect() ? fault.disconnect() : fault;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == MilenaCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return cluster(context);
    }

    private static MilenaCluster cluster(ExtensionContext context) {
        return MilenaTests.annotationOf(context.getRequiredTestClass())
                .map(test -> Demand.of(test).cluster())
                .orElseThrow(() -> new ExtensionContextException(
                        context.getRequiredTestClass() + " is not annotated with @MilenaTest"));
    }
}
