package io.milena.broker.app;

import io.milena.broker.node.MilenaNode;
import io.milena.metadata.PartitionRegistration;
import io.milena.metadata.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** {@code /actuator/topics} and {@code /actuator/topics/{name}}: partitions, leaders and replicas as this node's image has them. */
@Endpoint(id = "topics")
record TopicsEndpoint(MilenaNode node) {

    @ReadOperation
    public Map<String, Object> topics() {
        Map<String, Object> answer = new TreeMap<>();
        for (TopicImage topic : node.image().topics().topics()) {
            answer.put(topic.name(), Map.of("id", topic.id().toString(), "partitions", topic.partitionCount()));
        }
        return answer;
    }

    @ReadOperation
    public @Nullable Map<String, Object> topic(@Selector String name) {
        TopicImage topic = node.image().topics().topicOrNull(name);
        if (topic == null) {
            return null;
        }
        List<Map<String, Object>> partitions = new ArrayList<>();
        topic.forEachPartition((partition, index) -> partitions.add(partition(name, index, partition)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", name);
        answer.put("id", topic.id().toString());
        answer.put("configs", node.image().configs().ofTopic(name));
        answer.put("partitions", partitions);
        return answer;
    }

    private Map<String, Object> partition(String topic, int index, PartitionRegistration registration) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("partition", index);
        answer.put("leader", registration.leader());
        answer.put("leaderEpoch", registration.leaderEpoch());
        answer.put("replicas", registration.replicas());
        answer.put("isr", registration.isr());
        node.broker().flatMap(broker -> broker.offsets(topic, index)).ifPresent(offsets -> {
            answer.put("logStartOffset", offsets.logStartOffset());
            answer.put("highWatermark", offsets.highWatermark());
            answer.put("logEndOffset", offsets.logEndOffset());
            answer.put("sizeInBytes", offsets.sizeInBytes());
        });
        return answer;
    }
}
