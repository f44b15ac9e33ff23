package io.milena.coordinator.group.api;

import io.milena.wire.ApiHandler;
import io.milena.wire.Exchange;
import java.util.List;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** LeaveGroup 0-5; from version 3 on several members at once (KIP-345). */
final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequestData> {

    private static final int SEVERAL_MEMBERS_FROM = 3;

    private final Shards shards;

    LeaveGroupHandler(Shards shards) {
        this.shards = shards;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LEAVE_GROUP;
    }

    @Override
    public void handle(Exchange<LeaveGroupRequestData> exchange) {
        LeaveGroupRequestData request = exchange.request();
        boolean several = exchange.version() >= SEVERAL_MEMBERS_FROM;
        List<MemberIdentity> members =
                several ? request.members() : List.of(new MemberIdentity().setMemberId(request.memberId()));
        shards.inTurnOf(
                request.groupId(),
                (shard, turn) -> shard.leave(
                        turn,
                        request.groupId(),
                        members,
                        response -> exchange.respond(several ? response : forOne(response))),
                error -> exchange.respond(new LeaveGroupResponseData().setErrorCode(error.code())));
    }

    /** Older clients know one member and one error. */
    private static LeaveGroupResponseData forOne(LeaveGroupResponseData response) {
        short error = response.members().isEmpty()
                ? response.errorCode()
                : response.members().get(0).errorCode();
        return new LeaveGroupResponseData().setErrorCode(error);
    }
}
