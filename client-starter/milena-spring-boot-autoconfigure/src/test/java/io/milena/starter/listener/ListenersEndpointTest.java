package io.milena.starter.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;

/** Listeners change as they are told. No broker is there. */
class ListenersEndpointTest {

    private KafkaMessageListenerContainer<String, String> container;
    private ListenersEndpoint endpoint;

    @BeforeEach
    void create() {
        ContainerProperties properties = new ContainerProperties("parcels");
        properties.setGroupId("letterboxes");
        properties.setMessageListener((MessageListener<String, String>) record -> {});
        container = new KafkaMessageListenerContainer<>(
                new DefaultKafkaConsumerFactory<>(
                        Map.of("bootstrap.servers", "localhost:1"), new StringDeserializer(), new StringDeserializer()),
                properties);
        container.setBeanName("letterbox");
        endpoint = new ListenersEndpoint(() -> List.of(container));
    }

    @AfterEach
    void stop() {
        container.stop();
    }

    @Test
    void a_listener_is_told_with_its_group_and_topics() {
        assertThat(endpoint.list().listeners())
                .containsExactly(new ListenersEndpoint.Listener(
                        "letterbox", "letterboxes", List.of("parcels"), ListenerState.STOPPED));
        assertThat(endpoint.one("letterbox")).isNotNull();
        assertThat(endpoint.one("nobody")).isNull();
    }

    @Test
    void it_is_started_paused_resumed_and_stopped() {
        for (ListenerState state : List.of(
                ListenerState.RUNNING,
                ListenerState.RUNNING,
                ListenerState.PAUSED,
                ListenerState.RUNNING,
                ListenerState.STOPPED,
                ListenerState.STOPPED)) {
            WebEndpointResponse<Object> answer = endpoint.change("letterbox", state);
            assertThat(answer.getStatus()).isEqualTo(200);
            assertThat(ListenerState.of(container)).isEqualTo(state);
        }
    }

    @Test
    void what_cannot_be_is_refused_with_the_reason() {
        assertThat(endpoint.change("letterbox", ListenerState.PAUSED).getStatus())
                .isEqualTo(409);
        WebEndpointResponse<Object> unknown = endpoint.change("nobody", ListenerState.STOPPED);
        assertThat(unknown.getStatus()).isEqualTo(404);
        assertThat(unknown.getBody()).isEqualTo(new ListenersEndpoint.Refusal("There is no listener nobody"));
    }
}
