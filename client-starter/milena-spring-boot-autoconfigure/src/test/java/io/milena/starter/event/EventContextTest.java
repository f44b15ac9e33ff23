package io.milena.starter.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class EventContextTest {

    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void a_request_keeps_its_correlation_id_if_it_is_one() {
        assertThat(EventContext.ofRequest("talk-7", Map.<String, String>of()::get)
                        .correlationId())
                .isEqualTo("talk-7");
        for (String unusable : new String[] {"", "two words", "line\nbreak", "ü", "x".repeat(129)}) {
            assertThat(EventContext.ofRequest(unusable, Map.<String, String>of()::get)
                            .correlationId())
                    .hasSize(36)
                    .isNotEqualTo(unusable);
        }
    }

    @Test
    void an_event_is_the_cause_of_what_its_handler_appends() {
        EventInfo info = new EventInfo("e1", "t.v1", "here", null, "k", "talk-7", "e0");
        EventContext context = EventContext.ofEvent(info, 3, Map.of("traceparent", PARENT, "cookie", "no")::get);

        assertThat(context).isEqualTo(new EventContext("talk-7", "e1", 3, Map.of("traceparent", PARENT)));
        assertThat(context.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @Test
    void the_context_is_bound_to_the_thread_and_the_log_until_the_scope_ends() {
        EventContext outer = EventContext.ofRequest("outer", Map.of("traceparent", PARENT)::get);
        EventContext inner = EventContext.ofRequest("inner", Map.<String, String>of()::get);
        try (EventContext.Scope first = outer.open()) {
            assertThat(MDC.get("traceId")).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
            try (EventContext.Scope second = inner.open()) {
                assertThat(EventContext.current()).isSameAs(inner);
                assertThat(MDC.get("correlationId")).isEqualTo("inner");
            }
            assertThat(EventContext.current()).isSameAs(outer);
            assertThat(MDC.get("correlationId")).isEqualTo("outer");
        }
        assertThat(EventContext.current()).isNull();
        assertThat(MDC.get("correlationId")).isNull();
        assertThat(MDC.get("traceId")).isNull();
    }
}
