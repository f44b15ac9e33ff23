package io.milena.coordinator.group.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A classic group on its way into a group of another type, or out of one.
 *
 * @param protocolType null if nobody ever joined
 * @param protocol the one that was selected; null before the first generation
 */
public record ClassicSnapshot(
        String groupId,
        int generation,
        @Nullable String protocolType,
        @Nullable String protocol,
        List<Member> members) {

    /**
     * One of its members.
     *
     * @param assignment as the leader gave it; empty if it has none yet
     */
    public record Member(
            String memberId,
            @Nullable String instanceId,
            Caller client,
            TimeOuts timeOuts,
            List<Protocol> protocols,
            byte[] assignment) {

        /** What the member said with this protocol, or with its first one if it has none of that name. */
        public byte[] metadata(@Nullable String protocol) {
            for (Protocol candidate : protocols) {
                if (candidate.name().equals(protocol)) {
                    return candidate.metadata();
                }
            }
            return protocols.isEmpty() ? new byte[0] : protocols.get(0).metadata();
        }
    }

    /** What a member asked for, in milliseconds. */
    public record TimeOuts(int rebalanceMs, int sessionMs) {}

    /** Whether its members are consumers, whose metadata and assignments can be read. */
    public boolean usesConsumerProtocol() {
        return Subscriptions.CONSUMER_PROTOCOL_TYPE.equals(protocolType);
    }
}
