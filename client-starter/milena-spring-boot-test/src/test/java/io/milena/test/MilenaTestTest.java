package io.milena.test;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.apache.kafka.common.protocol.ApiKeys.FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.PRODUCE;
import static org.apache.kafka.common.protocol.Errors.NOT_LEADER_OR_FOLLOWER;
import static org.apache.kafka.common.protocol.Errors.TOPIC_AUTHORIZATION_FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.milena.embedded.FaultOnDemand;
import io.milena.test.ParcelApplication.Arrivals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.kafka.core.KafkaTemplate;

@Timeout(60)
@MilenaTest(brokers = 3)
@SpringBootTest(classes = ParcelApplication.class, properties = "spring.kafka.consumer.auto-offset-reset=earliest")
class MilenaTestTest {
    @Autowired
    private KafkaTemplate<String, String> kafka;

    @Autowired
    private Arrivals arrivals;

    @BeforeEach
    @AfterEach
    void forget() {
        arrivals.parcels.clear();
    }

    private void send(String parcel) throws Exception {
        kafka.send("parcels", parcel).get(30, SECONDS);
    }

    private void awaitArrival(String... parcels) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(arrivals.parcels).containsExactly(parcels));
    }

    @RepeatedTest(2)
    void aTestReadsItsOwnRecordsAloneWithListenersThatGoOn(MilenaCluster cluster) throws Exception {
        send("mine");
        awaitArrival("mine");
        assertThat(readByGroup(cluster, "strangers")).containsExactly("mine");
        assertThat(ParcelApplication.STARTS).hasValueBetween(1, 2); // one context, and that of the other class
    }

    @Test
    @Fault(api = PRODUCE, topic = "parcels", error = NOT_LEADER_OR_FOLLOWER, times = 2)
    void aProducerTriesAgainWhenTheLeaderHasMoved(MilenaCluster cluster) throws Exception {
        send("thrice");
        awaitArrival("thrice");
        assertThat(cluster.faultsStruck()).isEqualTo(2);
    }

    @Test
    @Fault(api = PRODUCE, error = TOPIC_AUTHORIZATION_FAILED)
    void anErrorThatIsNotRetriedReachesTheApplication() {
        assertThatThrownBy(() -> send("refused")).rootCause().isInstanceOf(TopicAuthorizationException.class);
    }

    @Test
    @Fault(api = PRODUCE, delayMs = 700)
    void aSlowBrokerIsWaitedForOnce() throws Exception {
        long beginNs = System.nanoTime();
        send("slow");
        assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isGreaterThanOrEqualTo(Duration.ofMillis(690));
        send("quick");
        awaitArrival("slow", "quick");
    }

    @Test
    @Fault(api = PRODUCE, disconnect = true)
    @Fault(api = FETCH, topic = "parcels", disconnect = true)
    void brokenConnectionsAreMadeAnewOnBothSides(MilenaCluster cluster) throws Exception {
        send("once");
        awaitArrival("once");
        await().until(() -> cluster.faultsStruck() == 2);
    }

    @Test
    @KilledBroker(2)
    void aKilledBrokerIsDoneWithout(MilenaCluster cluster) throws Exception {
        assertThat(cluster.isRunning(2)).isFalse();
        send("by two");
        awaitArrival("by two");
    }

    @Test
    void theLeaderIsKilledInTheMiddleAndComesBack(MilenaCluster cluster) throws Exception {
        send("first");
        int leader = cluster.leaderOf("parcels", 0).orElseThrow();
        cluster.kill(leader);
        send("second");
        await().until(() -> cluster.leaderOf("parcels", 0).orElse(leader) != leader);
        cluster.restart(leader);
        send("third");
        awaitArrival("first", "second", "third");
    }

    @Test
    void faultsAreInjectedByCallToo(MilenaCluster cluster) throws Exception {
        cluster.inject(FaultOnDemand.on("PRODUCE").delay(Duration.ofMillis(500)));
        long beginNs = System.nanoTime();
        send("late");
        assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isGreaterThanOrEqualTo(Duration.ofMillis(490));
        assertThatThrownBy(() -> FaultOnDemand.on("HEARTBEAT").topic("parcels")).hasMessageContaining("PRODUCE");
        assertThatThrownBy(() -> FaultOnDemand.on("BREW")).hasMessage("Kafka's protocol has no API BREW");
    }

    private static List<String> readByGroup(MilenaCluster cluster, String group) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        cluster.bootstrapServers(),
                        "group.id",
                        group,
                        "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("parcels"));
            long endNs = System.nanoTime() + SECONDS.toNanos(20);
            while (values.isEmpty() && System.nanoTime() < endNs) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            consumer.poll(Duration.ofMillis(50)).forEach(record -> values.add(record.value()));
        }
        return values;
    }
}
