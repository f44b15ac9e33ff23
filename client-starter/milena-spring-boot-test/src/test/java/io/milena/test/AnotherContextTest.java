package io.milena.test;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.test.ParcelApplication.Arrivals;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.kafka.core.KafkaTemplate;

/** Another context of the application of {@link MilenaTestTest}, at the same cluster and in the same group: the one that is cached rests meanwhile. */
@Timeout(60)
@MilenaTest(brokers = 3)
@SpringBootTest(
        classes = ParcelApplication.class,
        properties = {"spring.kafka.consumer.auto-offset-reset=earliest", "parcels.other=context"})
class AnotherContextTest {
    @Autowired
    private KafkaTemplate<String, String> kafka;

    @Autowired
    private Arrivals arrivals;

    @Autowired
    private MilenaCluster cluster;

    @Test
    void itsListenersAloneReadTheTopic(MilenaCluster asParameter) throws Exception {
        assertThat(asParameter).isSameAs(cluster);
        for (int i = 0; i < 3; i++) {
            kafka.send("parcels", "parcel " + i).get(20, SECONDS);
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(arrivals.parcels).containsExactly("parcel 0", "parcel 1", "parcel 2"));
    }
}
