package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is unfenced again after a stop and after a kill, however many partitions it leads. By default it leads few, as time in the build
 * is short; {@code -Dmilena.partitions=300000} is the size at which one decision was too much for the metadata log.
 */
class ManyPartitionsTest {
    private static final int PARTITIONS = Integer.getInteger("milena.partitions", 600);
    private static final int PER_TOPIC = 5_000;
    private static final long MINUTES = Math.max(2, PARTITIONS / 10_000);

    @Test
    void everyPartitionHasALeaderAfterAStopAndAfterAKill(@TempDir Path directory) throws Exception {
        try (ChildNode node = ChildNode.in(directory, Map.of()).startMilena()) {
            // given
            try (Admin admin = admin(node)) {
                for (int from = 0; from < PARTITIONS; from += PER_TOPIC) {
                    int count = Math.min(PER_TOPIC, PARTITIONS - from);
                    admin.createTopics(List.of(new NewTopic("many-" + from, count, (short) 1)))
                            .all()
                            .get(MINUTES, TimeUnit.MINUTES);
                }
            }
            awaitLeaders(node);

            // when it is stopped, then
            node.stop(TimeUnit.MINUTES.toSeconds(MINUTES));
            node.startMilena();
            awaitLeaders(node);

            // when it is killed, then
            node.kill();
            node.startMilena();
            awaitLeaders(node);
        }
    }

    private static Admin admin(ChildNode node) {
        return Admin.create(Map.of(
                "bootstrap.servers",
                node.bootstrapServers(),
                "request.timeout.ms",
                (int) TimeUnit.MINUTES.toMillis(MINUTES),
                "default.api.timeout.ms",
                (int) TimeUnit.MINUTES.toMillis(MINUTES)));
    }

    private static void awaitLeaders(ChildNode node) {
        try (Admin admin = admin(node)) {
            Awaitility.await()
                    .atMost(MINUTES, TimeUnit.MINUTES)
                    .pollInterval(1, TimeUnit.SECONDS)
                    .untilAsserted(() -> assertThat(led(admin)).isEqualTo(PARTITIONS));
        }
    }

    private static int led(Admin admin) throws Exception {
        List<String> names = new ArrayList<>(admin.listTopics().names().get());
        int led = 0;
        for (String name : names) {
            TopicDescription topic =
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
            led += (int) topic.partitions().stream()
                    .filter(each -> each.leader() != null && !each.leader().isEmpty())
                    .count();
        }
        return led;
    }
}
