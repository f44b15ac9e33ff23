package io.milena.starter.web;

import io.milena.starter.event.EventContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Binds an {@link EventContext} to each request: its {@code X-Correlation-Id}, or a new one, which the response names too.
 */
public final class CorrelationFilter extends OncePerRequestFilter implements Ordered {

    /** After the filter that starts the request's span, before everything that may write a log line or an event. */
    public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        EventContext context = EventContext.ofRequest(request.getHeader(EventContext.HTTP_HEADER), request::getHeader);
        response.setHeader(EventContext.HTTP_HEADER, context.correlationId());
        try (EventContext.Scope scope = context.open()) {
            chain.doFilter(request, response);
        }
    }

    @Override
    public int getOrder() {
        return ORDER;
    }
}
