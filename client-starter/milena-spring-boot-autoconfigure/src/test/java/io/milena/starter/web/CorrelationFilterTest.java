package io.milena.starter.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.starter.autoconfigure.MilenaWebAutoConfiguration;
import io.milena.starter.event.EventContext;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class CorrelationFilterTest {

    @Test
    void a_request_runs_in_its_conversation_and_the_answer_names_it() throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader("X-Correlation-Id", "talk-7");
        request.addHeader("tracestate", "vendor=1");

        EventContext seen = serve(request, new MockHttpServletResponse());

        assertThat(seen.correlationId()).isEqualTo("talk-7");
        assertThat(seen.causationId()).isNull();
        assertThat(seen.trace()).containsEntry("tracestate", "vendor=1");
        assertThat(EventContext.current()).isNull();
    }

    @Test
    void a_request_that_names_no_conversation_begins_one() throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();

        EventContext seen = serve(new MockHttpServletRequest(), response);

        assertThat(response.getHeader("X-Correlation-Id")).hasSize(36).isEqualTo(seen.correlationId());
    }

    @Test
    void only_servlet_applications_have_the_filter_and_may_bring_their_own() {
        AutoConfigurations configurations = AutoConfigurations.of(MilenaWebAutoConfiguration.class);
        new ApplicationContextRunner()
                .withConfiguration(configurations)
                .run(context -> assertThat(context).doesNotHaveBean(CorrelationFilter.class));
        CorrelationFilter own = new CorrelationFilter();
        new WebApplicationContextRunner()
                .withConfiguration(configurations)
                .withBean("own", CorrelationFilter.class, () -> own)
                .run(context ->
                        assertThat(context.getBean(CorrelationFilter.class)).isSameAs(own));
    }

    private static EventContext serve(MockHttpServletRequest request, MockHttpServletResponse response)
            throws Exception {
        AtomicReference<EventContext> seen = new AtomicReference<>();
        new CorrelationFilter().doFilter(request, response, (rq, rs) -> seen.set(EventContext.current()));
        return seen.get();
    }
}
