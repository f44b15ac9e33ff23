package io.milena.starter.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyCollection;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.milena.embedded.EmbeddedCluster;
import io.milena.embedded.FaultOnDemand;
import io.milena.starter.broker.BrokerTrouble.Kind;
import io.milena.starter.health.BrokerHealth;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListenerContainer;

/** One topic in trouble stops neither the others, nor the relay, nor listeners that do not need it. */
class BrokerConnectorTest {

    private static final int LONG_MS = 15_000;

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.builder()
                .combined(1)
                .property("auto.create.topics.enable", "false")
                .faults()
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void a_topic_that_cannot_be_created_is_told_and_stops_nobody() throws Exception {
        MessageListenerContainer listener = listener("good");
        try (BrokerAdmin admin = admin()) {
            BrokerConnector connector = connector(
                    admin, List.of(new NewTopic("bad", 1, (short) 3), new NewTopic("good", 1, (short) 1)), listener);
            verify(listener, timeout(LONG_MS)).start();
            assertThat(admin.firstAnswer()).isCompleted();
            assertThat(connector.trouble()).isEmpty();
            assertThat(connector.topicTroubles()).containsOnlyKeys("bad");
            Health health = new BrokerHealth(admin, connector::topicTroubles, Clock.systemUTC()).health();
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("topicsNotCreated").toString())
                    .contains(
                            "Topic 'bad' is declared but cannot be created", "no more replicas than there are brokers");

            admin.client()
                    .createTopics(List.of(new NewTopic("bad", 1, (short) 1)))
                    .all()
                    .get();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(connector.topicTroubles()).isEmpty());
            connector.stop();
        }
    }

    @Test
    void topics_that_exist_need_no_right_to_create() throws Exception {
        MessageListenerContainer listener = listener("given");
        try (BrokerAdmin admin = admin()) {
            admin.client()
                    .createTopics(List.of(new NewTopic("given", 1, (short) 1)))
                    .all()
                    .get();
            cluster.faults()
                    .add(FaultOnDemand.on("CREATE_TOPICS")
                            .error("TOPIC_AUTHORIZATION_FAILED")
                            .times(1_000));
            BrokerConnector connector = connector(
                    admin,
                    List.of(new NewTopic("given", 1, (short) 1), new NewTopic("denied", 1, (short) 1)),
                    listener);
            verify(listener, timeout(LONG_MS)).start();
            assertThat(admin.firstAnswer()).isCompleted();
            assertThat(connector.topicTroubles()).containsOnlyKeys("denied");
            assertThat(connector.topicTroubles().get("denied").kind()).isEqualTo(Kind.NOT_ALLOWED);
            connector.stop();
        } finally {
            cluster.faults().clear();
        }
    }

    @Test
    void a_topic_that_may_not_be_described_keeps_its_own_listeners_waiting_and_no_others() {
        Admin client = mock(Admin.class, org.mockito.Mockito.RETURNS_DEEP_STUBS);
        when(client.describeCluster().clusterId()).thenReturn(KafkaFuture.completedFuture("cluster"));
        DescribeTopicsResult described = mock(DescribeTopicsResult.class);
        when(described.topicNameValues())
                .thenReturn(Map.of(
                        "open",
                        KafkaFuture.completedFuture(mock(TopicDescription.class)),
                        "secret",
                        failed(new TopicAuthorizationException(Set.of("secret"))),
                        "absent",
                        failed(new UnknownTopicOrPartitionException())));
        when(client.describeTopics(anyCollection())).thenReturn(described);
        MessageListenerContainer open = listener("open");
        MessageListenerContainer secret = listener("secret");
        MessageListenerContainer absent = listener("absent");
        try (BrokerAdmin admin = org.mockito.Mockito.spy(admin())) {
            when(admin.client()).thenReturn(client);
            BrokerConnector connector = connector(admin, List.of(), open, secret, absent);
            verify(open, timeout(LONG_MS)).start();
            await().until(() -> connector.trouble().isPresent());
            assertThat(connector.trouble().orElseThrow()).satisfies(trouble -> {
                assertThat(trouble.kind()).isEqualTo(Kind.NOT_ALLOWED);
                assertThat(trouble.toString())
                        .contains("may not describe: {secret=", "do not exist: [absent]", "READ of the topics");
            });
            verify(secret, never()).start();
            verify(absent, never()).start();
            connector.stop();
        }
    }

    private static KafkaFuture<TopicDescription> failed(RuntimeException error) {
        KafkaFutureImpl<TopicDescription> future = new KafkaFutureImpl<>();
        future.completeExceptionally(error);
        return future;
    }

    private static BrokerAdmin admin() {
        return new BrokerAdmin(Map.of("bootstrap.servers", cluster.bootstrapServers()), Duration.ofSeconds(5));
    }

    private static BrokerConnector connector(
            BrokerAdmin admin, List<NewTopic> topics, MessageListenerContainer... listeners) {
        BrokerConnector connector =
                new BrokerConnector(admin, topics, () -> List.of(listeners), Duration.ofMillis(200));
        connector.start();
        return connector;
    }

    private static MessageListenerContainer listener(String topic) {
        MessageListenerContainer container = mock(MessageListenerContainer.class);
        when(container.getContainerProperties()).thenReturn(new ContainerProperties(topic));
        when(container.getListenerId()).thenReturn("listener of " + topic);
        return container;
    }
}
