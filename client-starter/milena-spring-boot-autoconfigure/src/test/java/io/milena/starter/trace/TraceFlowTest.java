package io.milena.starter.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.outbox.Outbox;
import io.milena.starter.testing.TestBroker;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** One trace over two services: request, outbox, record, listener, database, and back. */
class TraceFlowTest {

    private static final InMemorySpanExporter SPANS = InMemorySpanExporter.create();
    private static final Map<String, String> LOGGED = new ConcurrentHashMap<>();

    private List<SpanData> seen = List.of();

    @EventType("question.asked.v1")
    record Asked(String text) {}

    @EventType("question.answered.v1")
    record Answered(String text) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Common {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(Asked.class, Answered.class);
        }

        @Bean
        NewTopic questions() {
            return new NewTopic("questions", 1, (short) 1);
        }

        @Bean
        NewTopic answers() {
            return new NewTopic("answers", 1, (short) 1);
        }

        @Bean
        SpanExporter spans() {
            return SPANS;
        }
    }

    @Import({Common.class, Door.class, AnswerListener.class})
    static class Asker {}

    @Import({Common.class, QuestionListener.class})
    static class Answerer {}

    @RestController
    static class Door {
        private final Outbox outbox;
        private final TransactionTemplate transactions;

        Door(Outbox outbox, PlatformTransactionManager transactions) {
            this.outbox = outbox;
            this.transactions = new TransactionTemplate(transactions);
        }

        @PostMapping("/questions")
        void ask() {
            transactions.executeWithoutResult(status -> outbox.append("questions", "k", new Asked("why")));
        }
    }

    @MilenaListener(id = "questions", groupId = "answerers", topics = "questions")
    static class QuestionListener {
        private final Outbox outbox;
        private boolean tried;

        QuestionListener(Outbox outbox) {
            this.outbox = outbox;
        }

        @KafkaHandler
        void on(Asked question) {
            if (!tried) {
                tried = true;
                throw new IllegalStateException("let me think");
            }
            LOGGED.putAll(MDC.getCopyOfContextMap());
            outbox.append("answers", "k", new Answered("because"));
        }
    }

    @MilenaListener(id = "answers", groupId = "askers", topics = "answers")
    static class AnswerListener {
        @KafkaHandler
        void on(Answered answer) {}
    }

    @Test
    void a_request_and_all_it_causes_are_one_trace() throws Exception {
        try (ConfigurableApplicationContext asker = start(Asker.class, "asker");
                ConfigurableApplicationContext answerer = start(Answerer.class, "answerer")) {
            int status = post("http://localhost:" + asker.getEnvironment().getProperty("local.server.port"));
            assertThat(status).isEqualTo(200);
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                seen = SPANS.getFinishedSpanItems();
                return !named("process answers").isEmpty()
                        && !named("http post /questions").isEmpty();
            });
        }

        SpanData request = one("http post /questions");
        SpanData question = one("send questions");
        List<SpanData> handled = named("process questions");
        SpanData answer = one("send answers");
        SpanData heard = one("process answers");
        assertThat(List.of(question, handled.get(0), handled.get(1), answer, heard))
                .extracting(SpanData::getTraceId)
                .containsOnly(request.getTraceId());
        assertThat(parent(question)).isEqualTo(request.getSpanId());
        assertThat(handled).extracting(TraceFlowTest::parent).containsOnly(question.getSpanId());
        assertThat(handled)
                .extracting(span -> span.getStatus().getStatusCode())
                .containsExactly(StatusCode.ERROR, StatusCode.UNSET);
        assertThat(parent(answer)).isEqualTo(handled.get(1).getSpanId());
        assertThat(parent(heard)).isEqualTo(answer.getSpanId());
        assertThat(question.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(heard.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(question.getAttributes().asMap().toString())
                .contains("messaging.kafka.offset=0")
                .contains("messaging.destination.name=questions");
        assertThat(named("transaction"))
                .extracting(TraceFlowTest::parent)
                .containsExactlyInAnyOrder(
                        request.getSpanId(),
                        handled.get(0).getSpanId(),
                        handled.get(1).getSpanId(),
                        heard.getSpanId());
        assertThat(LOGGED).containsEntry("traceId", request.getTraceId()).containsKey("correlationId");
    }

    private static ConfigurableApplicationContext start(Class<?> application, String name) {
        return new SpringApplicationBuilder(application)
                .properties(
                        "spring.application.name=" + name,
                        "server.port=0",
                        "spring.kafka.bootstrap-servers=" + TestBroker.shared().bootstrapServers(),
                        "spring.datasource.url=jdbc:h2:mem:" + name,
                        "management.tracing.sampling.probability=1",
                        "management.opentelemetry.tracing.export.schedule-delay=20ms",
                        "spring.main.banner-mode=off")
                .run();
    }

    private static int post(String address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "/questions"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private List<SpanData> named(String name) {
        return seen.stream().filter(span -> span.getName().equals(name)).toList();
    }

    private SpanData one(String name) {
        assertThat(named(name)).as("%s among %s", name, seen).hasSize(1);
        return named(name).get(0);
    }

    private static String parent(SpanData span) {
        return span.getParentSpanId();
    }
}
