package io.milena.coordinator.group.api;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.utils.Utils;

/** DescribeGroups 0-6. */
final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequestData> {

    /** What may be done to a group at all; there is no authorizer that would allow less (KIP-430). */
    static final int ALL_OPERATIONS = Utils.to32BitField(List.of(
                    AclOperation.READ,
                    AclOperation.DELETE,
                    AclOperation.DESCRIBE,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS)
            .stream()
            .map(AclOperation::code)
            .collect(Collectors.toSet()));

    private final Shards shards;

    DescribeGroupsHandler(Shards shards) {
        this.shards = shards;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_GROUPS;
    }

    @Override
    public void handle(Exchange<DescribeGroupsRequestData> exchange) {
        List<String> groupIds = exchange.request().groups();
        boolean operations = exchange.request().includeAuthorizedOperations();
        Parts<DescribedGroup> parts = new Parts<>(
                groupIds.size(), groups -> exchange.respond(new DescribeGroupsResponseData().setGroups(groups)));
        for (int i = 0; i < groupIds.size(); i++) {
            int index = i;
            String groupId = groupIds.get(i);
            shards.inTurnOf(
                    groupId,
                    (shard, turn) -> {
                        DescribedGroup group = shard.describe(groupId, exchange.version());
                        if (operations && group.errorCode() == 0) {
                            group.setAuthorizedOperations(ALL_OPERATIONS);
                        }
                        parts.put(index, group);
                    },
                    error -> parts.put(
                            index, new DescribedGroup().setGroupId(groupId).setErrorCode(error.code())));
        }
    }
}
