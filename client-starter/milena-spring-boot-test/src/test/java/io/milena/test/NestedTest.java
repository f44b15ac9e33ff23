package io.milena.test;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.platform.commons.support.AnnotationSupport;

@Timeout(60)
@MilenaTest(properties = "num.partitions=2")
@Fault(api = ApiKeys.PRODUCE, error = Errors.REQUEST_TIMED_OUT)
class NestedTest {

    @Nested
    class Inside {
        @Test
        @Fault(api = ApiKeys.METADATA, error = Errors.REQUEST_TIMED_OUT)
        void troublesOfTheClassAroundStrikeBesideItsOwn(MilenaCluster cluster) throws Exception {
            try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", cluster.bootstrapServers()),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.send(new ProducerRecord<>("nested", "a")).get(20, SECONDS);
            }
            assertThat(cluster.faultsStruck()).isEqualTo(2);
        }
    }

    /** What one class does to the cluster they share, and its clean-up, would befall another that runs at the same time. */
    @Test
    void classesThatShareAClusterDoNotRunInParallel() {
        assertThat(AnnotationSupport.findRepeatableAnnotations(NestedTest.class, ResourceLock.class))
                .extracting(ResourceLock::value)
                .contains("io.milena.test.MilenaCluster");
    }
}
