package io.milena.controller.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.milena.controller.core.ClusterState;
import io.milena.metadata.LoaderExecutor;
import io.milena.metadata.MetadataLoader;
import io.milena.raft.RaftListener;
import io.milena.raft.SnapshotContents;
import io.milena.raft.core.LeaderAndEpoch;
import io.milena.records.CommittedBatch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class SkippedRecordsTest {
    private final List<Throwable> faults = new ArrayList<>();
    private final ClusterState controller = new ClusterState();
    private final MetadataLoader loader = new MetadataLoader(new AtOnce(), (what, fault) -> faults.add(fault));

    /** A topic, a change of a partition that does not exist, and another topic. */
    private static CommittedBatch batch() {
        return new CommittedBatch(
                40,
                42,
                3,
                0,
                100,
                List.of(topic("a", 1), new VersionedRecord(new PartitionChangeRecord(), (short) 2), topic("b", 2)));
    }

    private static VersionedRecord topic(String name, long id) {
        return new VersionedRecord(new TopicRecord().setName(name).setTopicId(new Uuid(7, id)), 0);
    }

    private RaftListener node() {
        return new RaftListener() {
            @Override
            public void onCommit(CommittedBatch batch) {
                for (int i = 0; i < batch.records().size(); i++) {
                    controller.replay(batch.records().get(i), batch.baseOffset() + i);
                }
                loader.onCommit(batch);
            }

            @Override
            public void onSnapshot(SnapshotContents snapshot) {}

            @Override
            public void onLeaderChange(LeaderAndEpoch leader) {}
        };
    }

    @Test
    void aLogWithARecordThatNobodyCanReplayIsReadWithoutIt() {
        // given
        RaftListener listener = SkippedRecords.of(List.of("7", " 41")).leftOutFor(node());

        // when
        listener.onCommit(batch());

        // then
        assertThat(faults).isEmpty();
        assertThat(controller.topics().all()).hasSize(2);
        assertThat(loader.image().topics().byName()).containsOnlyKeys("a", "b");
        assertThat(loader.lastAppliedOffset()).isEqualTo(42);
    }

    @Test
    void withoutBeingToldSoNodesStopAndSayHow() {
        // given
        RaftListener listener = SkippedRecords.of(List.of()).leftOutFor(node());

        // when, then
        assertThatThrownBy(() -> listener.onCommit(batch())).isInstanceOf(IllegalStateException.class);
        loader.onCommit(batch());
        assertThat(faults).hasSize(1);
        assertThat(faults.get(0)).hasMessageContaining("milena.metadata.log.skip.offsets=41 on every node");
    }

    @Test
    void onlyOffsetsAreTaken() {
        assertThatThrownBy(() -> SkippedRecords.of(List.of("some"))).isInstanceOf(ConfigException.class);
    }

    private static final class AtOnce implements LoaderExecutor {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void schedule(Runnable task, long delayMs) {
            task.run();
        }
    }
}
