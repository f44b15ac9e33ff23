package io.milena.starter.trace;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * A span for each database transaction of a traced request or event, from its begin until its commit or rollback has returned.
 * Transactions of no trace, as those of the relay, get none.
 */
public final class TransactionSpans implements TransactionExecutionListener {

    private final Tracer tracer;
    private final ThreadLocal<Deque<Open>> open = ThreadLocal.withInitial(ArrayDeque::new);

    public TransactionSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    private record Open(TransactionExecution transaction, Span span) {}

    @Override
    public void beforeBegin(TransactionExecution transaction) {
        Span parent = tracer.currentSpan();
        if (parent != null) {
            open.get()
                    .push(new Open(
                            transaction,
                            tracer.spanBuilder()
                                    .setParent(parent.context())
                                    .name("transaction")
                                    .start()));
        }
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
        if (failure != null) {
            end(transaction, "none", failure);
        }
    }

    @Override
    public void afterCommit(TransactionExecution transaction, @Nullable Throwable failure) {
        end(transaction, failure == null ? "committed" : "unknown", failure);
    }

    @Override
    public void afterRollback(TransactionExecution transaction, @Nullable Throwable failure) {
        end(transaction, "rolled back", failure);
    }

    private void end(TransactionExecution transaction, String outcome, @Nullable Throwable failure) {
        Deque<Open> spans = open.get();
        while (spans.peek() != null && spans.stream().anyMatch(one -> one.transaction() == transaction)) {
            Open last = spans.pop();
            boolean isIt = last.transaction() == transaction;
            Span span = last.span().tag("db.transaction.outcome", isIt ? outcome : "unknown");
            if (isIt && failure != null) {
                span.error(failure);
            }
            span.end();
        }
        if (spans.isEmpty()) {
            open.remove();
        }
    }
}
