package io.milena.starter.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A plain {@code @KafkaListener} whose topic does not exist, with {@code spring.kafka.listener.missing-topics-fatal}. */
final class MissingTopicFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
        String message = cause.getMessage();
        if (message == null || !message.contains("missingTopicsFatal")) {
            return null;
        }
        return new FailureAnalysis(
                "A listener cannot start: " + message,
                "Declare the topic as a NewTopic bean, create it with kafka-topics.sh --create, or let the listener wait"
                        + " for it (@MilenaListener does)",
                rootFailure);
    }
}
