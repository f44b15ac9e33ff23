package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.Turn;
import java.util.List;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

/** What members that speak the classic protocol ask of a group of another type, which has members. */
public interface ClassicMembers {

    void join(
            Turn turn, JoinGroupRequestData request, Caller caller, short version, Reply<JoinGroupResponseData> reply);

    void sync(Turn turn, SyncGroupRequestData request, Reply<SyncGroupResponseData> reply);

    Errors heartbeat(Turn turn, HeartbeatRequestData request);

    void leave(Turn turn, String groupId, List<MemberIdentity> members, Reply<LeaveGroupResponseData> reply);
}
