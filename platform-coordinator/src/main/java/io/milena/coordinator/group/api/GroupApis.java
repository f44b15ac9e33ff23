package io.milena.coordinator.group.api;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.coordinator.runtime.InternalTopics;
import io.milena.wire.ApiHandler;
import java.util.List;

/** The handlers of all group APIs, FindCoordinator included. */
public final class GroupApis {

    private GroupApis() {}

    /** Handlers to be registered on every client listener of a broker. */
    public static List<ApiHandler<?>> handlers(
            GroupCoordinator coordinator, CoordinatorView view, InternalTopics internalTopics) {
        Shards shards = new Shards(coordinator);
        return List.of(
                new FindCoordinatorHandler(view, internalTopics),
                new JoinGroupHandler(shards),
                new SyncGroupHandler(shards),
                new HeartbeatHandler(coordinator),
                new LeaveGroupHandler(shards),
                new OffsetCommitHandler(shards, view),
                new OffsetFetchHandler(shards, view),
                new OffsetDeleteHandler(shards, view),
                new DescribeGroupsHandler(shards),
                new ListGroupsHandler(coordinator),
                new DeleteGroupsHandler(shards),
                new ConsumerGroupHeartbeatHandler(shards),
                new ConsumerGroupDescribeHandler(shards));
    }
}
