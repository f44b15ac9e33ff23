package io.milena.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.records.CommittedBatch;
import io.milena.records.OffsetAndEpoch;
import io.milena.records.VersionedRecord;
import io.milena.records.metadata.AbortTransactionRecord;
import io.milena.records.metadata.BeginTransactionRecord;
import io.milena.records.metadata.EndTransactionRecord;
import io.milena.records.metadata.PartitionChangeRecord;
import io.milena.records.metadata.RemoveTopicRecord;
import io.milena.records.metadata.TopicRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.Test;

class MetadataLoaderTest {
    private final List<String> faults = new ArrayList<>();
    private final List<MetadataImage> published = new ArrayList<>();
    private final List<LoadManifest> manifests = new ArrayList<>();
    private final TestExecutor executor = new TestExecutor();
    private final MetadataLoader loader = new MetadataLoader(executor, (what, cause) -> faults.add(what));
    private long nextOffset;

    @Test
    void everyBatchBecomesAnImageAtItsEnd() {
        loader.addPublisher("recorder", this::record);
        commit(topic("a"), topic("b"));
        assertThat(loader.image().topics().topic("b")).isPresent();
        assertThat(loader.lastAppliedOffset()).isEqualTo(1);
        assertThat(loader.lastAppliedTimestampMs()).isEqualTo(1001);
        assertThat(published).hasSize(1);
    }

    @Test
    void aTransactionShowsWhenItEnds() {
        loader.addPublisher("recorder", this::record);
        commit(topic("a"), new BeginTransactionRecord(), topic("b"));
        commit(topic("c"));
        assertThat(published).as("the batch that begins it waits as a whole").isEmpty();
        assertThat(loader.lastAppliedOffset()).isEqualTo(-1);
        commit(new EndTransactionRecord(), topic("d"));
        assertThat(names(loader.image())).containsExactly("a", "b", "c", "d");
        assertThat(loader.lastAppliedOffset()).isEqualTo(5);
    }

    @Test
    void anAbortedTransactionLeavesNothing() {
        loader.addPublisher("recorder", this::record);
        commit(topic("a"), new BeginTransactionRecord(), topic("b"));
        commit(topic("c"), new AbortTransactionRecord(), topic("d"));
        assertThat(names(loader.image())).containsExactly("a", "d");
    }

    @Test
    void aSnapshotReplacesTheImageAndAnOpenTransaction() {
        loader.addPublisher("recorder", this::record);
        commit(topic("old"));
        commit(new BeginTransactionRecord(), topic("pending"));
        loader.onSnapshot(
                new OffsetAndEpoch(10, 2), List.of(batch(0, 0, topic("new"))).iterator());
        assertThat(names(loader.image())).containsExactly("new");
        assertThat(loader.image().provenance()).isEqualTo(new MetadataProvenance(9, 2, 1000));
        assertThat(loader.image().provenance().snapshotId()).isEqualTo(new OffsetAndEpoch(10, 2));
        assertThat(manifests.get(manifests.size() - 1).snapshot()).isTrue();
        nextOffset = 10;
        commit(topic("later"));
        assertThat(names(loader.image())).containsExactly("later", "new");
    }

    @Test
    void aLatePublisherFirstGetsEverything() {
        commit(topic("a"), topic("b"));
        List<MetadataDelta> deltas = new ArrayList<>();
        loader.addPublisher("test", (delta, image, manifest) -> deltas.add(delta));
        assertThat(deltas).hasSize(1);
        assertThat(deltas.get(0).base()).isEqualTo(MetadataImage.EMPTY);
        assertThat(deltas.get(0).topicsDelta().orElseThrow().changedTopics()).hasSize(2);
        commit(topic("c"));
        assertThat(deltas.get(1).topicsDelta().orElseThrow().changedTopics()).hasSize(1);
    }

    @Test
    void aRecordThatContradictsTheImageStopsTheLoader() {
        loader.addPublisher("recorder", this::record);
        commit(new PartitionChangeRecord().setTopicId(Uuid.randomUuid()).setPartitionId(0));
        assertThat(faults).hasSize(1);
        assertThat(loader.isFaulted()).isTrue();
        commit(topic("a"));
        assertThat(published).isEmpty();
    }

    @Test
    void controlBatchesMoveTheOffsetOn() {
        commit();
        assertThat(loader.lastAppliedOffset()).isZero();
    }

    @Test
    void batchesThatWaitBecomeOneImage() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        List<Integer> batches = new ArrayList<>();
        try (MetadataLoader own = MetadataLoader.startThread((what, cause) -> faults.add(what))) {
            own.addPublisher("test", (delta, image, manifest) -> {
                await(go);
                batches.add(manifest.batches());
                if (image.topics().size() == 4) {
                    done.countDown();
                }
            });
            own.onCommit(batch(0, 0, topic("a")));
            own.onCommit(batch(1, 0, topic("b")));
            own.onCommit(batch(2, 0, topic("c")));
            own.onCommit(batch(3, 0, topic("d")));
            go.countDown();
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(own.lastSeenOffset()).isEqualTo(3);
        }
        assertThat(batches.stream().mapToInt(Integer::intValue).sum()).isEqualTo(4);
        assertThat(faults).isEmpty();
    }

    @Test
    void aPublisherThatThrowsIsCalledAgainAndTheOthersGoOn() {
        // given a publisher that fails at the second image
        Unreliable unreliable = new Unreliable();
        loader.addPublisher("unreliable", unreliable);
        loader.addPublisher("recorder", this::record);
        commit(topic("a"));
        unreliable.failing = true;

        // when two more images come
        commit(topic("b"));
        commit(topic("c"));

        // then the other publisher has seen both, and the failure is told
        assertThat(faults).isEmpty();
        assertThat(published).hasSize(3);
        assertThat(loader.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.publisher()).isEqualTo("unreliable");
            assertThat(failure.offset()).isEqualTo(1);
            assertThat(failure.cause()).hasMessage("not now");
        });

        // when it works again and its pause is over
        unreliable.failing = false;
        executor.runScheduled();

        // then it gets the newest image, as one change from the last one it acted on
        assertThat(loader.failures()).isEmpty();
        assertThat(unreliable.seen)
                .extracting(MetadataLoaderTest::names)
                .containsExactly(List.of("a"), List.of("a", "b", "c"));
        MetadataDelta last = unreliable.deltas.get(unreliable.deltas.size() - 1);
        assertThat(names(last.base())).containsExactly("a");
        assertThat(last.apply(loader.image().provenance()).sameContents(loader.image()))
                .isTrue();

        // and from then on each image as it comes
        commit(topic("d"));
        assertThat(unreliable.seen).hasSize(3);
    }

    @Test
    void aPublisherThatAlwaysThrowsIsCalledEverMoreSeldom() {
        // given
        Unreliable unreliable = new Unreliable();
        unreliable.failing = true;
        loader.addPublisher("unreliable", unreliable);
        loader.addPublisher("recorder", this::record);

        // when
        commit(topic("a"));
        for (int i = 0; i < 15; i++) {
            executor.runScheduled();
        }

        // then
        assertThat(executor.delaysMs).isSorted().startsWith(50L, 100L, 200L).endsWith(30_000L);
        assertThat(loader.failures())
                .singleElement()
                .extracting(PublisherFailure::count)
                .isEqualTo(16);
        assertThat(loader.isFaulted()).isFalse();
        assertThat(published).hasSize(1);
    }

    @Test
    void whatWasDeletedWhileAPublisherFailedIsInItsNextDelta() {
        // given
        Unreliable unreliable = new Unreliable();
        loader.addPublisher("unreliable", unreliable);
        TopicRecord gone = topic("gone");
        commit(gone, topic("stays"));
        unreliable.failing = true;

        // when
        commit(new RemoveTopicRecord().setTopicId(gone.topicId()));
        commit(topic("later"));
        unreliable.failing = false;
        executor.runScheduled();

        // then
        MetadataDelta last = unreliable.deltas.get(unreliable.deltas.size() - 1);
        assertThat(last.topicsDelta().orElseThrow().deletedTopicIds()).containsExactly(gone.topicId());
    }

    @Test
    void aPublisherThatWasRemovedIsNotCalledAgain() {
        // given
        Unreliable unreliable = new Unreliable();
        unreliable.failing = true;
        loader.addPublisher("unreliable", unreliable);
        commit(topic("a"));

        // when
        loader.removePublisher(unreliable);
        unreliable.failing = false;
        executor.runScheduled();

        // then
        assertThat(unreliable.seen).isEmpty();
        assertThat(loader.failures()).isEmpty();
    }

    @Test
    void aBatchBehindASnapshotIsReplayedBehindIt() {
        // given a busy loader
        loader.addPublisher("recorder", this::record);
        executor.paused = true;

        // when a batch, a snapshot and a batch come meanwhile
        commit(topic("old"));
        loader.onSnapshot(
                new OffsetAndEpoch(10, 2), List.of(batch(0, 0, topic("new"))).iterator());
        nextOffset = 10;
        commit(topic("later"));
        executor.resume();

        // then
        assertThat(names(loader.image())).containsExactly("later", "new");
        assertThat(loader.lastAppliedOffset()).isEqualTo(10);
        assertThat(faults).isEmpty();
    }

    /** Fails while it is told to. */
    private static final class Unreliable implements MetadataPublisher {
        private final List<MetadataImage> seen = new ArrayList<>();
        private final List<MetadataDelta> deltas = new ArrayList<>();
        private boolean failing;

        @Override
        public void publish(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
            if (failing) {
                throw new IllegalStateException("not now");
            }
            seen.add(image);
            deltas.add(delta);
        }
    }

    /** Runs tasks at once unless it is paused; what is scheduled waits for {@link #runScheduled}. */
    private static final class TestExecutor implements LoaderExecutor {
        private final List<Runnable> waiting = new ArrayList<>();
        private final List<Runnable> scheduled = new ArrayList<>();
        private final List<Long> delaysMs = new ArrayList<>();
        private boolean paused;

        @Override
        public void execute(Runnable task) {
            if (paused) {
                waiting.add(task);
            } else {
                task.run();
            }
        }

        @Override
        public void schedule(Runnable task, long delayMs) {
            scheduled.add(task);
            delaysMs.add(delayMs);
        }

        void runScheduled() {
            List<Runnable> due = List.copyOf(scheduled);
            scheduled.clear();
            due.forEach(Runnable::run);
        }

        void resume() {
            paused = false;
            waiting.forEach(Runnable::run);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void record(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        published.add(image);
        manifests.add(manifest);
    }

    private void commit(ApiMessage... messages) {
        CommittedBatch batch = batch(nextOffset, 1, messages);
        nextOffset = batch.lastOffset() + 1;
        loader.onCommit(batch);
    }

    private static CommittedBatch batch(long base, int epoch, ApiMessage... messages) {
        long last = base + Math.max(0, messages.length - 1);
        List<VersionedRecord> records =
                Arrays.stream(messages).map(m -> new VersionedRecord(m, 0)).toList();
        return new CommittedBatch(base, last, epoch, 1000 + last, 100, records);
    }

    private static TopicRecord topic(String name) {
        return new TopicRecord().setName(name).setTopicId(Uuid.randomUuid());
    }

    private static List<String> names(MetadataImage image) {
        return image.topics().byName().keySet().stream().sorted().toList();
    }
}
