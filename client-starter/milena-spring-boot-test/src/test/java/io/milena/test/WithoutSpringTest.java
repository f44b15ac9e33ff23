package io.milena.test;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@MilenaTest(properties = "num.partitions=2")
class WithoutSpringTest {
    private final String servers;

    WithoutSpringTest(MilenaCluster cluster) {
        servers = cluster.bootstrapServers();
    }

    @Test
    void aClusterOfItsOwnWithItsPropertiesIsSharedByEqualDemands(MilenaCluster cluster) throws Exception {
        assertThat(cluster.brokers()).containsExactly(1);
        assertThat(cluster.bootstrapServers()).isEqualTo(servers);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("letters", "a")).get(20, SECONDS);
            assertThat(producer.partitionsFor("letters")).hasSize(2);
        }
    }
}
