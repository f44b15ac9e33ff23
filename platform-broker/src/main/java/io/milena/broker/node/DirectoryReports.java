package io.milena.broker.node;

import io.milena.broker.control.ControllerChannel;
import io.milena.broker.partition.DirectoryAssignments;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.DirectoryData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.PartitionData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData.TopicData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the controller in which log directory replicas lie that it has elsewhere or nowhere (KIP-858). Reports are gathered
 * for a moment and sent together, one request at a time, again until the controller took them. State is confined to the scheduler's thread.
 */
final class DirectoryReports implements DirectoryAssignments {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryReports.class);
    private static final long GATHER_MS = 50;
    private static final long RETRY_MS = 500;
    private static final int MAX_PER_REQUEST = 2_000;
    private static final long TIMEOUT_MS = 10_000;

    private final ControllerChannel controllers;
    private final ScheduledExecutorService scheduler;
    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final Map<TopicIdPartition, Uuid> waiting = new LinkedHashMap<>();
    private boolean busy;

    DirectoryReports(
            ControllerChannel controllers, ScheduledExecutorService scheduler, int brokerId, LongSupplier brokerEpoch) {
        this.controllers = controllers;
        this.scheduler = scheduler;
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
    }

    @Override
    public void assigned(TopicIdPartition partition, Uuid directoryId) {
        scheduler.execute(() -> {
            waiting.put(partition, directoryId);
            if (!busy) {
                busy = true;
                scheduler.schedule(this::send, GATHER_MS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void send() {
        Map<TopicIdPartition, Uuid> sent = new HashMap<>();
        for (Map.Entry<TopicIdPartition, Uuid> entry : waiting.entrySet()) {
            if (sent.size() == MAX_PER_REQUEST) {
                break;
            }
            sent.put(entry.getKey(), entry.getValue());
        }
        if (sent.isEmpty()) {
            busy = false;
            return;
        }
        controllers
                .send(request(sent), TIMEOUT_MS)
                .whenCompleteAsync(
                        (answer, error) -> {
                            boolean taken = answer instanceof AssignReplicasToDirsResponseData response
                                    && response.errorCode() == 0;
                            if (taken) {
                                sent.forEach(waiting::remove);
                            } else {
                                LOG.warn(
                                        "The controller did not take {} directory assignments: {}",
                                        sent.size(),
                                        error == null ? answer : error.getMessage());
                            }
                            scheduler.schedule(this::send, taken ? 0 : RETRY_MS, TimeUnit.MILLISECONDS);
                        },
                        scheduler);
    }

    private AssignReplicasToDirsRequestData request(Map<TopicIdPartition, Uuid> assignments) {
        Map<Uuid, Map<Uuid, TopicData>> byDirectory = new HashMap<>();
        assignments.forEach((partition, directory) -> byDirectory
                .computeIfAbsent(directory, id -> new HashMap<>())
                .computeIfAbsent(partition.topicId(), id -> new TopicData().setTopicId(id))
                .partitions()
                .add(new PartitionData().setPartitionIndex(partition.partition())));
        AssignReplicasToDirsRequestData request =
                new AssignReplicasToDirsRequestData().setBrokerId(brokerId).setBrokerEpoch(brokerEpoch.getAsLong());
        byDirectory.forEach((directory, topics) -> request.directories()
                .add(new DirectoryData().setId(directory).setTopics(List.copyOf(topics.values()))));
        return request;
    }
}
