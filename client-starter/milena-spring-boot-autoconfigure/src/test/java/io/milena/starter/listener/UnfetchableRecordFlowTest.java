package io.milena.starter.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.starter.listener.UnfetchableRecords.Unfetchable;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.support.TopicPartitionOffset;

/** A record that the consumer cannot fetch holds up its own partition, without a spin, and is told. */
class UnfetchableRecordFlowTest {

    private static final TopicPartition BAD = new TopicPartition("orders", 1);
    private static final TopicPartition GOOD = new TopicPartition("orders", 11);

    private final UnfetchableRecords unfetchable = new UnfetchableRecords(Clock.systemUTC());
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final BrokenConsumer consumer = new BrokenConsumer();
    private KafkaMessageListenerContainer<String, String> container;

    @BeforeEach
    void startListener() {
        ContainerProperties properties =
                new ContainerProperties(new TopicPartitionOffset("orders", 1), new TopicPartitionOffset("orders", 11));
        properties.setGroupId("group");
        properties.setPollTimeout(50);
        properties.setMessageListener((MessageListener<String, String>) record -> seen.add(record.value()));
        container = new KafkaMessageListenerContainer<>(consumers(), properties);
        PollFailures failures = new PollFailures(unfetchable, timer);
        container.setCommonErrorHandler(new DefaultErrorHandler() {
            @Override
            public void handleOtherException(
                    Exception error, Consumer<?, ?> failed, MessageListenerContainer listener, boolean batch) {
                failures.handle(error, failed, listener);
            }
        });
    }

    @AfterEach
    void stopListener() {
        container.stop();
        timer.shutdownNow();
    }

    @Test
    void otherPartitionsGoOnWhileOneHasARecordThatCannotBeFetched() {
        // given
        consumer.bad = true;
        container.start();
        await().until(() -> consumer.failures.get() >= 1);

        // when
        consumer.arrive(new ConsumerRecord<>("orders", 11, 0, "k", "from the other partition"));

        // then
        await().untilAsserted(() -> assertThat(seen).containsExactly("from the other partition"));
        await().until(() -> consumer.failures.get() >= 3);
        assertThat(unfetchable.current()).singleElement().satisfies(failure -> {
            assertThat(failure.partition()).isEqualTo(BAD);
            assertThat(failure.offset()).isZero();
            assertThat(failure.reason()).contains("CorruptRecordException", "no such codec");
            assertThat(failure.attempts()).isGreaterThanOrEqualTo(3);
        });
    }

    @Test
    void pausesGrowSoThatAMinuteHasAHandfulOfAttempts() {
        // given
        UnfetchableRecords records = new UnfetchableRecords(Clock.systemUTC());

        // when
        List<Duration> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pauses.add(records.failed("listener", BAD, 7, "bad").pause());
        }

        // then
        assertThat(pauses).isSorted().startsWith(Duration.ofMillis(500)).endsWith(Duration.ofSeconds(30));
        assertThat(records.current())
                .extracting(Unfetchable::toString)
                .singleElement()
                .asString()
                .contains("orders-1@7 since ", "bad");
    }

    @Test
    void twoListenersOfOneTopicAreHeldUpEachForItself() {
        // given
        UnfetchableRecords records = new UnfetchableRecords(Clock.systemUTC());
        records.failed("workers", BAD, 7, "bad");
        records.failed("workers", BAD, 7, "bad");

        // when
        Unfetchable auditors = records.failed("auditors", BAD, 7, "bad");

        // then
        assertThat(auditors.attempts()).isEqualTo(1);
        assertThat(records.current()).extracting(Unfetchable::listener).containsExactly("auditors", "workers");
    }

    @Test
    void aRecordThatCanBeFetchedAfterAllIsHandled() {
        // given
        consumer.bad = true;
        container.start();
        await().until(() -> consumer.failures.get() >= 1);

        // when
        consumer.bad = false;
        consumer.arrive(new ConsumerRecord<>("orders", 1, 0, "k", "mended"));

        // then
        await().untilAsserted(() -> assertThat(seen).containsExactly("mended"));
    }

    @Test
    void aFailureOfNoPartitionLetsTheConsumerWait() {
        // given
        consumer.brokenAtAll = true;

        // when
        container.start();
        await().until(() -> consumer.failures.get() >= 3);
        consumer.brokenAtAll = false;
        consumer.arrive(new ConsumerRecord<>("orders", 11, 0, "k", "later"));

        // then
        await().untilAsserted(() -> assertThat(seen).containsExactly("later"));
        assertThat(unfetchable.current()).isEmpty();
        assertThat(consumer.failures).hasValueLessThan(20);
    }

    private ConsumerFactory<String, String> consumers() {
        return new ConsumerFactory<>() {
            @Override
            public Consumer<String, String> createConsumer(String groupId, String clientIdPrefix, String suffix) {
                return consumer;
            }

            @Override
            public Consumer<String, String> createConsumer(
                    String groupId, String clientIdPrefix, String suffix, Properties properties) {
                return consumer;
            }

            @Override
            public boolean isAutoCommit() {
                return false;
            }

            @Override
            public Map<String, Object> getConfigurationProperties() {
                return Map.of();
            }
        };
    }

    /** Fails as Kafka's consumer does: whenever a partition that is not paused has a batch it cannot read, and nothing else came. */
    private static final class BrokenConsumer extends MockConsumer<String, String> {
        private final AtomicInteger failures = new AtomicInteger();
        private volatile boolean bad;
        private volatile boolean brokenAtAll;

        BrokenConsumer() {
            super("earliest");
        }

        @Override
        public synchronized void assign(Collection<TopicPartition> partitions) {
            super.assign(partitions);
            updateBeginningOffsets(Map.of(BAD, 0L, GOOD, 0L));
        }

        void arrive(ConsumerRecord<String, String> record) {
            schedulePollTask(() -> addRecord(record));
        }

        @Override
        public synchronized ConsumerRecords<String, String> poll(Duration timeout) {
            if (brokenAtAll) {
                failures.incrementAndGet();
                throw new IllegalStateException("broken at all");
            }
            ConsumerRecords<String, String> records = super.poll(timeout);
            Set<TopicPartition> paused = paused();
            if (records.isEmpty() && bad && !paused.contains(BAD)) {
                failures.incrementAndGet();
                throw new KafkaException(
                        "Received exception when fetching the next record from orders-1. If needed, please seek past the"
                                + " record to continue consumption.",
                        new CorruptRecordException("no such codec"));
            }
            return records;
        }
    }
}
