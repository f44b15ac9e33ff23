package io.milena.starter.lag;

import io.milena.starter.broker.BrokerAdmin;
import io.milena.starter.lag.RecordTimes.Place;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * Measures how far the application's listeners are behind, in records and in time. Never fails and never repeats an old value: what
 * the broker does not tell is unknown, and the report says since when. Thread-safe; those who ask at the same time share an answer.
 */
public final class LagReader implements AutoCloseable {

    private final BrokerAdmin admin;
    private final Supplier<? extends Collection<MessageListenerContainer>> listeners;
    private final RecordTimes times;
    private final Clock clock;

    private Instant lastKnown;
    private @Nullable LagReport last;
    private volatile @Nullable Instant unknownSince;

    /** @param consumers opens the consumer that looks at single records, when first needed */
    public LagReader(
            BrokerAdmin admin,
            Supplier<? extends Collection<MessageListenerContainer>> listeners,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Clock clock) {
        this.admin = admin;
        this.listeners = listeners;
        this.times = new RecordTimes(consumers, admin.timeout());
        this.clock = clock;
        this.lastKnown = clock.instant();
        this.unknownSince = lastKnown;
    }

    /** The lag by group, topic and partition, measured after this call began. */
    public LagReport read() {
        Instant asked = clock.instant();
        synchronized (this) {
            if (last != null && last.measuredAt().isAfter(asked)) {
                return last; // measured while this call waited for its turn
            }
            Instant now = clock.instant();
            LagReport report = LagReport.of(now, measure(now), lastKnown);
            if (report.unknownSince() == null) {
                lastKnown = now;
            }
            unknownSince = report.unknownSince();
            last = report;
            return report;
        }
    }

    /** For how long the lag has not been known in whole; zero if it was at the last reading. */
    public Duration unknownFor() {
        Instant since = unknownSince;
        return since == null ? Duration.ZERO : Duration.between(since, clock.instant());
    }

    private List<PartitionLag> measure(Instant now) {
        Map<String, Set<String>> topicsByGroup = topicsByGroup();
        if (topicsByGroup.isEmpty()) {
            return List.of();
        }
        try {
            GroupOffsets offsets = GroupOffsets.ask(admin, topicsByGroup);
            List<PartitionLag> lags = new ArrayList<>();
            Map<KafkaException, String> explained = new HashMap<>();
            topicsByGroup.forEach(
                    (group, topics) -> topics.forEach(topic -> lags.addAll(ofTopic(group, topic, offsets, explained))));
            return withTimes(lags, offsets, now);
        } catch (KafkaException e) { // the client itself could not be made
            return unknown(topicsByGroup, admin.explain(e).toString());
        }
    }

    private List<PartitionLag> ofTopic(
            String group, String topic, GroupOffsets offsets, Map<KafkaException, String> explained) {
        List<TopicPartition> partitions = offsets.partitions(topic);
        if (partitions.isEmpty()) {
            KafkaException problem = offsets.problem(group, new TopicPartition(topic, -1));
            return unknown(Map.of(group, Set.of(topic)), explain(problem, explained));
        }
        return partitions.stream()
                .map(partition -> ofPartition(group, partition, offsets, explained))
                .toList();
    }

    private PartitionLag ofPartition(
            String group, TopicPartition partition, GroupOffsets offsets, Map<KafkaException, String> explained) {
        KafkaException problem = offsets.problem(group, partition);
        if (problem != null) {
            return PartitionLag.unknown(group, partition.topic(), partition.partition(), explain(problem, explained));
        }
        Long committed = offsets.committed(group, partition);
        long end = offsets.end(partition);
        long lag = Math.max(0, end - next(committed, offsets.start(partition)));
        return new PartitionLag(
                group, partition.topic(), partition.partition(), committed, end, lag, lag == 0 ? 0.0 : null, null);
    }

    private List<PartitionLag> withTimes(List<PartitionLag> lags, GroupOffsets offsets, Instant now) {
        Map<PartitionLag, Place> places = new HashMap<>();
        for (PartitionLag lag : lags) {
            if (lag.lag() != null && lag.lag() > 0) {
                TopicPartition partition = new TopicPartition(lag.topic(), lag.partition());
                places.put(lag, new Place(partition, next(lag.committedOffset(), offsets.start(partition))));
            }
        }
        Map<Place, Long> found = times.at(Set.copyOf(places.values()));
        return lags.stream()
                .map(lag -> withTime(lag, places.containsKey(lag) ? found.get(places.get(lag)) : null, now))
                .toList();
    }

    private static PartitionLag withTime(PartitionLag lag, @Nullable Long timestampMs, Instant now) {
        if (timestampMs == null || timestampMs < 0) {
            return lag;
        }
        double seconds = Math.max(0, now.toEpochMilli() - timestampMs) / 1_000.0;
        return new PartitionLag(
                lag.group(),
                lag.topic(),
                lag.partition(),
                lag.committedOffset(),
                lag.endOffset(),
                lag.lag(),
                seconds,
                null);
    }

    /** Where a group goes on: what was deleted meanwhile it cannot read. */
    private static long next(@Nullable Long committed, long start) {
        return committed == null ? start : Math.max(committed, start);
    }

    private List<PartitionLag> unknown(Map<String, Set<String>> topicsByGroup, String problem) {
        List<PartitionLag> unknown = new ArrayList<>();
        topicsByGroup.forEach((group, topics) -> topics.forEach(topic -> {
            List<PartitionLag> before = last == null
                    ? List.of()
                    : last.partitions().stream()
                            .filter(lag ->
                                    lag.group().equals(group) && lag.topic().equals(topic))
                            .toList();
            if (before.isEmpty()) {
                unknown.add(PartitionLag.unknown(group, topic, -1, problem));
            }
            before.forEach(lag -> unknown.add(PartitionLag.unknown(group, topic, lag.partition(), problem)));
        }));
        return unknown;
    }

    private String explain(@Nullable KafkaException problem, Map<KafkaException, String> explained) {
        return problem == null
                ? "the topic has no partitions"
                : explained.computeIfAbsent(problem, p -> admin.explain(p).toString());
    }

    private Map<String, Set<String>> topicsByGroup() {
        Map<String, Set<String>> topicsByGroup = new TreeMap<>();
        for (MessageListenerContainer container : listeners.get()) {
            String[] topics = container.getContainerProperties().getTopics();
            if (container.getGroupId() != null && topics != null) {
                topicsByGroup
                        .computeIfAbsent(container.getGroupId(), group -> new TreeSet<>())
                        .addAll(List.of(topics));
            }
        }
        return topicsByGroup;
    }

    @Override
    public synchronized void close() {
        times.close();
    }
}
