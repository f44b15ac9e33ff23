package io.milena.coordinator.group;

import io.milena.coordinator.group.consumer.TopicPatterns;
import io.milena.coordinator.group.consumer.TopicsView;
import io.milena.coordinator.runtime.CoordinatorView;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** Topics as coordinators see them; {@code __consumer_offsets} is among them. Node 7 leads everything. */
public final class TestTopics implements CoordinatorView, TopicsView {
    private final Map<String, Uuid> ids = new ConcurrentHashMap<>();
    private final TopicPatterns patterns = new TopicPatterns(Runnable::run);
    private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

    public TestTopics(int offsetsPartitions) {
        with(GroupCoordinator.OFFSETS_TOPIC, Uuid.randomUuid(), offsetsPartitions);
    }

    public TestTopics with(String topic, Uuid id, int partitionCount) {
        ids.put(topic, id);
        partitions.put(topic, partitionCount);
        return this;
    }

    @Override
    public long version() {
        return ids.size();
    }

    @Override
    public int partitionCount(String topic) {
        return partitions.getOrDefault(topic, 0);
    }

    @Override
    public @Nullable Uuid topicId(String topic) {
        return ids.get(topic);
    }

    @Override
    public @Nullable String topicName(Uuid topicId) {
        return ids.entrySet().stream()
                .filter(each -> each.getValue().equals(topicId))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    @Override
    public Set<String> topicsMatching(String regex) {
        return patterns.matching(regex, (Object) version(), ids::keySet);
    }

    @Override
    public Optional<Node> leader(String topic, int partition, String listener) {
        return Optional.of(new Node(7, listener + ".example", 9092));
    }
}
