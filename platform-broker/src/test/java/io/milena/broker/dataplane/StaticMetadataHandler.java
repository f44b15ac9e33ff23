package io.milena.broker.dataplane;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;

/** Metadata of the test broker's topics, all of them, whatever is asked. */
final class StaticMetadataHandler implements ApiHandler<MetadataRequestData> {
    private final TestBroker broker;

    StaticMetadataHandler(TestBroker broker) {
        this.broker = broker;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.METADATA;
    }

    @Override
    public void handle(Exchange<MetadataRequestData> exchange) {
        MetadataResponseData response =
                new MetadataResponseData().setClusterId("test").setControllerId(TestBroker.ID);
        response.brokers()
                .add(new MetadataResponseBroker()
                        .setNodeId(TestBroker.ID)
                        .setHost("127.0.0.1")
                        .setPort(broker.port()));
        broker.topics().forEach((name, count) -> {
            List<MetadataResponsePartition> partitions = new ArrayList<>();
            for (int index = 0; index < count; index++) {
                partitions.add(new MetadataResponsePartition()
                        .setPartitionIndex(index)
                        .setLeaderId(TestBroker.ID)
                        .setLeaderEpoch(broker.partition(name, index).leaderEpoch())
                        .setReplicaNodes(List.of(TestBroker.ID))
                        .setIsrNodes(List.of(TestBroker.ID)));
            }
            response.topics()
                    .add(new MetadataResponseTopic()
                            .setName(name)
                            .setTopicId(broker.topicId(name))
                            .setPartitions(partitions));
        });
        exchange.respond(response);
    }
}
