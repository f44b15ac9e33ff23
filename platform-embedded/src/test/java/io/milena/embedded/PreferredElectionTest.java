package io.milena.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The preferred replica leads again when an administrator asks, and only then: this cluster does not balance by itself. */
@Timeout(60)
class PreferredElectionTest {
    @TempDir
    Path directory;

    @Test
    void leadershipGoesBackToThePreferredReplicaWhenAskedAndAskingAgainChangesNothing() throws Exception {
        Map<String, String> askedOnly = Map.of("auto.leader.rebalance.enable", "false");
        try (EmbeddedCluster cluster = EmbeddedCluster.start(directory, 2, askedOnly);
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            ReplicatedTopic topic =
                    ReplicatedTopic.create(admin, cluster.bootstrapServers(), "preferred", List.of(2, 1), Map.of());
            topic.produce(10, 10);
            cluster.stop(2);
            topic.awaitLeader(1);
            topic.produce(10, 10);
            cluster.startBroker(2);
            topic.awaitInSync(1, 2);
            assertThat(topic.leader()).isEqualTo(1);

            elect(admin, topic);
            topic.awaitLeader(2);
            topic.produce(10, 10);

            assertThat(catchThrowable(() -> elect(admin, topic))).hasCauseInstanceOf(ElectionNotNeededException.class);
        }
    }

    private static void elect(Admin admin, ReplicatedTopic topic) throws Exception {
        admin.electLeaders(ElectionType.PREFERRED, Set.of(new TopicPartition(topic.name, 0)))
                .all()
                .get(10, TimeUnit.SECONDS);
    }
}
