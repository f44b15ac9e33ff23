package io.milena.coordinator.group.core;

import io.milena.coordinator.runtime.TimerQueue.Timer;
import java.util.List;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.jspecify.annotations.Nullable;

/**
 * One member of a classic group.
 *
 * <p>At most one of the two replies waits at a time: a member has joined and waits for the others, or has synced and waits
 * for the leader's assignment.
 */
final class GroupMember {

    private static final byte[] NOTHING = new byte[0];

    final String memberId;
    final @Nullable String instanceId;
    final String clientId;
    final String clientHost;
    final Timer sessionTimer;
    int rebalanceTimeoutMs;
    int sessionTimeoutMs;
    List<Protocol> protocols;
    byte[] assignment = NOTHING;

    @Nullable
    Reply<JoinGroupResponseData> awaitingJoin;

    @Nullable
    Reply<SyncGroupResponseData> awaitingSync;

    /** True until the first answer to its JoinGroup: such a member cannot heartbeat yet. */
    boolean isNew;

    GroupMember(
            String memberId,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            List<Protocol> protocols,
            Timer sessionTimer) {
        this.memberId = memberId;
        this.instanceId = instanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.protocols = protocols;
        this.sessionTimer = sessionTimer;
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean isAwaitingJoin() {
        return awaitingJoin != null;
    }

    boolean isAwaitingSync() {
        return awaitingSync != null;
    }

    /** Whether a passed session time-out means nothing: who waits for our answer cannot heartbeat. */
    boolean isExcusedFromHeartbeat() {
        return !isNew && (isAwaitingJoin() || isAwaitingSync());
    }

    boolean supports(String protocol) {
        return Protocol.anyNamed(protocols, protocol);
    }

    byte[] metadata(@Nullable String protocol) {
        for (Protocol candidate : protocols) {
            if (candidate.name().equals(protocol)) {
                return candidate.metadata();
            }
        }
        return NOTHING;
    }

    /** Same protocols in the same order with the same metadata. */
    boolean matches(List<Protocol> others) {
        return protocols.equals(others);
    }

    /** The member's first choice among the candidates. */
    String vote(List<String> candidates) {
        for (Protocol protocol : protocols) {
            if (candidates.contains(protocol.name())) {
                return protocol.name();
            }
        }
        throw new IllegalStateException("Member " + memberId + " supports none of " + candidates);
    }

    void answerJoin(JoinGroupResponseData response) {
        Reply<JoinGroupResponseData> reply = awaitingJoin;
        awaitingJoin = null;
        if (reply != null) {
            reply.answer(response);
        }
    }

    void answerSync(SyncGroupResponseData response) {
        Reply<SyncGroupResponseData> reply = awaitingSync;
        awaitingSync = null;
        if (reply != null) {
            reply.answer(response);
        }
    }
}
