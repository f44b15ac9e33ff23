package io.milena.starter.diagnostics;

import io.milena.starter.database.NoTransactionManagerException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** An application whose transaction managers leave open which one outbox and inbox are to join. */
final class NoTransactionManagerFailureAnalyzer extends AbstractFailureAnalyzer<NoTransactionManagerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, NoTransactionManagerException cause) {
        return new FailureAnalysis(
                String.valueOf(cause.getMessage()),
                "Declare a JdbcTransactionManager (or JpaTransactionManager) of that DataSource; if there are several of it,"
                        + " mark one @Primary; or declare a bean EventDatabase that says which DataSource and which manager"
                        + " to take",
                rootFailure);
    }
}
