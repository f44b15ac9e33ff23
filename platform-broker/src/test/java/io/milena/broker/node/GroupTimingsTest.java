package io.milena.broker.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.consumer.ConsumerConfig.Timing;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataProvenance;
import io.milena.metadata.config.NodeConfig;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.ConfigRecord;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.junit.jupiter.api.Test;

/** The times that consumer groups have. */
class GroupTimingsTest {

    private final MetadataDelta delta = new MetadataDelta(MetadataImage.EMPTY);

    private void set(Type type, String resource, String name, String value) {
        delta.replay(new VersionedRecord(
                new ConfigRecord()
                        .setResourceType(type.id())
                        .setResourceName(resource)
                        .setName(name)
                        .setValue(value),
                0));
    }

    private Timing timingOf(String groupId) {
        Map<String, String> node = Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@localhost:9093",
                "listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
                "controller.listener.names", "CONTROLLER",
                "log.dirs", "/unused");
        return new GroupTimings(
                        NodeConfig.of(node),
                        () -> delta.apply(MetadataProvenance.EMPTY).configs())
                .of(groupId);
    }

    @Test
    void aGroupWithoutSettingsHasThoseOfTheNode() {
        assertThat(timingOf("g")).isEqualTo(new Timing(45_000, 5_000, 1_000));
    }

    @Test
    void aGroupsOwnSettingsCountWithinTheNodesBounds() {
        // given
        set(Type.GROUP, "g", "consumer.session.timeout.ms", "50000");
        set(Type.GROUP, "g", "consumer.heartbeat.interval.ms", "1");
        set(Type.GROUP, "g", "consumer.assignment.interval.ms", "0");

        // then
        assertThat(timingOf("g")).isEqualTo(new Timing(50_000, 5_000, 0));
        assertThat(timingOf("another")).isEqualTo(new Timing(45_000, 5_000, 1_000));
    }

    @Test
    void theIntervalOfAssignmentsChangesWhileTheNodeRuns() {
        // given
        set(Type.BROKER, "", "group.consumer.assignment.interval.ms", "2000");

        // then
        assertThat(timingOf("g").assignmentIntervalMs()).isEqualTo(2_000);
    }
}
