package io.milena.starter.autoconfigure;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import io.milena.starter.trace.TracerTracing;
import io.milena.starter.trace.Tracing;
import io.milena.starter.trace.TransactionSpans;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.TransactionExecutionListener;

/** One trace from request to listener, where Micrometer Tracing has a tracer. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
            "org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration"
        },
        before = {MilenaOutboxAutoConfiguration.class, MilenaListenerAutoConfiguration.class},
        beforeName =
                "org.springframework.boot.transaction.autoconfigure.TransactionManagerCustomizationAutoConfiguration")
@ConditionalOnClass(Tracer.class)
@ConditionalOnBean({Tracer.class, Propagator.class})
public final class MilenaTracingAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Tracing milenaTracing(Tracer tracer, Propagator propagator) {
        return new TracerTracing(tracer, propagator);
    }

    @Bean
    @ConditionalOnClass(TransactionExecutionListener.class)
    @ConditionalOnMissingBean
    TransactionSpans milenaTransactionSpans(Tracer tracer) {
        return new TransactionSpans(tracer);
    }
}
