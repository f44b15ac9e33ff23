package io.milena.coordinator.group.api;

import io.milena.coordinator.group.consumer.ConsumerGroups;
import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** ConsumerGroupDescribe 0-1 (KIP-848). */
final class ConsumerGroupDescribeHandler implements ApiHandler<ConsumerGroupDescribeRequestData> {

    private final Shards shards;

    ConsumerGroupDescribeHandler(Shards shards) {
        this.shards = shards;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CONSUMER_GROUP_DESCRIBE;
    }

    @Override
    public void handle(Exchange<ConsumerGroupDescribeRequestData> exchange) {
        List<String> groupIds = exchange.request().groupIds();
        boolean operations = exchange.request().includeAuthorizedOperations();
        Parts<DescribedGroup> parts = new Parts<>(
                groupIds.size(), groups -> exchange.respond(new ConsumerGroupDescribeResponseData().setGroups(groups)));
        boolean served = shards.coordinator().servesConsumerGroups();
        for (int i = 0; i < groupIds.size(); i++) {
            int index = i;
            String groupId = groupIds.get(i);
            if (!served) {
                parts.put(index, failed(groupId, Errors.UNSUPPORTED_VERSION));
                continue;
            }
            if (groupId.isEmpty()) {
                parts.put(index, new DescribedGroup().setGroupId(groupId).setErrorCode(Errors.INVALID_GROUP_ID.code()));
                continue;
            }
            shards.inTurnOf(
                    groupId,
                    (shard, turn) -> {
                        DescribedGroup group =
                                shard.groupsOf(ConsumerGroups.class).describe(groupId);
                        if (operations && group.errorCode() == 0) {
                            group.setAuthorizedOperations(DescribeGroupsHandler.ALL_OPERATIONS);
                        }
                        parts.put(index, group);
                    },
                    error -> parts.put(index, failed(groupId, error)));
        }
    }

    private static DescribedGroup failed(String groupId, Errors error) {
        return new DescribedGroup()
                .setGroupId(groupId)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
