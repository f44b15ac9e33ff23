package io.milena.coordinator.group.api;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** DeleteGroups 0-2. */
final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequestData> {

    private final Shards shards;

    DeleteGroupsHandler(Shards shards) {
        this.shards = shards;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_GROUPS;
    }

    @Override
    public void handle(Exchange<DeleteGroupsRequestData> exchange) {
        List<String> groupIds =
                new ArrayList<>(new LinkedHashSet<>(exchange.request().groupsNames()));
        Parts<Errors> parts = new Parts<>(groupIds.size(), errors -> {
            DeletableGroupResultCollection results = new DeletableGroupResultCollection(groupIds.size() + 1);
            for (int i = 0; i < groupIds.size(); i++) {
                results.add(new DeletableGroupResult()
                        .setGroupId(groupIds.get(i))
                        .setErrorCode(errors.get(i).code()));
            }
            exchange.respond(new DeleteGroupsResponseData().setResults(results));
        });
        for (int i = 0; i < groupIds.size(); i++) {
            int index = i;
            String groupId = groupIds.get(i);
            shards.inTurnOf(
                    groupId,
                    (shard, turn) -> shard.deleteGroup(turn, groupId, error -> parts.put(index, error)),
                    error -> parts.put(index, error));
        }
    }
}
