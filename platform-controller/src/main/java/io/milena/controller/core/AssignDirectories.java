package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.protocol.Errors;

/** AssignReplicasToDirs (KIP-858): a broker tells in which of its directories its replicas are. */
public final class AssignDirectories {
    private final ControlContext context;

    public AssignDirectories(ControlContext context) {
        this.context = context;
    }

    public Decision<AssignReplicasToDirsResponseData> decide(AssignReplicasToDirsRequestData request) {
        if (!context.versions().directories()) {
            throw new UnsupportedVersionException("Directory assignment is not supported yet.");
        }
        BrokerState broker = context.state().brokers().checkEpoch(request.brokerId(), request.brokerEpoch());
        AssignReplicasToDirsResponseData response = new AssignReplicasToDirsResponseData();
        List<VersionedRecord> records = new ArrayList<>();
        for (AssignReplicasToDirsRequestData.DirectoryData directory : request.directories()) {
            var answer = new AssignReplicasToDirsResponseData.DirectoryData().setId(directory.id());
            response.directories().add(answer);
            for (AssignReplicasToDirsRequestData.TopicData topicData : directory.topics()) {
                var topicAnswer = new AssignReplicasToDirsResponseData.TopicData().setTopicId(topicData.topicId());
                answer.topics().add(topicAnswer);
                for (AssignReplicasToDirsRequestData.PartitionData partition : topicData.partitions()) {
                    Errors error =
                            assign(broker, directory.id(), topicData.topicId(), partition.partitionIndex(), records);
                    topicAnswer
                            .partitions()
                            .add(new AssignReplicasToDirsResponseData.PartitionData()
                                    .setPartitionIndex(partition.partitionIndex())
                                    .setErrorCode(error.code()));
                }
            }
        }
        return Decision.divisible(records, response);
    }

    private Errors assign(BrokerState broker, Uuid directory, Uuid topicId, int number, List<VersionedRecord> records) {
        TopicState topic = context.state().topics().byId(topicId);
        if (topic == null) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        PartitionState partition = topic.partition(number);
        if (partition == null) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (!Ids.contains(partition.replicas(), broker.id())) {
            return Errors.NOT_LEADER_OR_FOLLOWER;
        }
        boolean online = broker.hasOnline(directory);
        PartitionChange change = context.change(
                        topic,
                        number,
                        context.partitionRules(topic.name()),
                        id -> id == broker.id() ? online && broker.active() : context.mayLead(partition, id))
                .directory(broker.id(), directory);
        if (!online) {
            change.isr(Ids.without(Ids.list(partition.isr()), broker.id()));
        }
        change.build().ifPresent(records::add);
        return Errors.NONE;
    }
}
