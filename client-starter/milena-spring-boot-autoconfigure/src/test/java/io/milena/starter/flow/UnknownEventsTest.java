package io.milena.starter.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.milena.starter.event.EventHeaders;
import io.milena.starter.event.EventType;
import io.milena.starter.event.EventTypes;
import io.milena.starter.listener.MilenaListener;
import io.milena.starter.testing.TestBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.kafka.annotation.KafkaHandler;

/** Events a service has no class for, on a real broker: by rule they are skipped and counted, or dead-lettered; the others go on. */
class UnknownEventsTest {

    @EventType("thing.made.v1")
    record ThingMade(String name) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(Reader.class)
    static class App {
        @Bean
        EventTypes eventTypes() {
            return EventTypes.of(ThingMade.class);
        }

        @Bean
        NewTopic things(Environment environment) {
            return new NewTopic(environment.getRequiredProperty("things"), 1, (short) 1);
        }

        @Bean
        NewTopic deadThings(Environment environment) {
            return new NewTopic(environment.getRequiredProperty("things") + "-dlt", 1, (short) 1);
        }
    }

    @MilenaListener(id = "things", groupId = "thing-readers", topics = "${things}")
    static class Reader {
        private final List<String> names = new CopyOnWriteArrayList<>();

        @KafkaHandler
        void on(ThingMade thing) {
            names.add(thing.name());
        }
    }

    @ParameterizedTest(name = "unknown types: {0}, unknown versions: {1}")
    @CsvSource({
        "skip,        dead-letter, thing.made.v2",
        "dead-letter, skip,        thing.lost.v1",
        "skip,        skip,        ",
        "dead-letter, dead-letter, thing.lost.v1 thing.made.v2"
    })
    void follow_their_rule(String types, String versions, String dead) {
        List<String> expectedDead = dead == null ? List.of() : List.of(dead.split(" "));
        String topic = "things-" + types + "-" + versions;
        String servers = TestBroker.shared().bootstrapServers();
        try (ConfigurableApplicationContext app = new SpringApplicationBuilder(App.class)
                        .web(WebApplicationType.NONE)
                        .run(
                                "--spring.application.name=things-service",
                                "--things=" + topic,
                                "--spring.kafka.bootstrap-servers=" + servers,
                                "--spring.datasource.url=jdbc:h2:mem:" + topic,
                                "--milena.listener.unknown-types=" + types,
                                "--milena.listener.unknown-versions=" + versions);
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            Reader reader = app.getBean(Reader.class);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(
                            () -> assertThat(producer.partitionsFor(topic)).isNotEmpty());
            for (String type : List.of("thing.made.v1", "thing.lost.v1", "thing.made.v2", "thing.made.v1")) {
                producer.send(event(topic, type));
            }
            producer.flush();

            await().atMost(Duration.ofSeconds(20)).until(() -> reader.names.size() == 2);
            assertThat(deadLetters(servers, topic + "-dlt", expectedDead.size()))
                    .containsExactlyInAnyOrderElementsOf(expectedDead);
            assertThat(app.getBean(MeterRegistry.class)
                            .find("milena.events.skipped")
                            .counters())
                    .extracting(counter -> (int) counter.count())
                    .isEqualTo(expectedDead.size() == 2 ? List.of() : List.of(2 - expectedDead.size()));
        }
    }

    private static ProducerRecord<String, String> event(String topic, String type) {
        ProducerRecord<String, String> record = new ProducerRecord<>(topic, "key", "{\"name\":\"thing\",\"more\":1}");
        record.headers()
                .add(EventHeaders.ID, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8))
                .add(EventHeaders.TYPE, type.getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static List<String> deadLetters(String servers, String topic, int expected) {
        List<String> types = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers), new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> types.add(new String(
                                record.headers().lastHeader(EventHeaders.TYPE).value(), StandardCharsets.UTF_8)));
                return types.size() >= expected;
            });
        }
        return types;
    }
}
