package io.milena.raft.storage;

import io.milena.raft.core.HostPort;
import io.milena.raft.core.ReplicaKey;
import io.milena.raft.core.Voter;
import io.milena.raft.core.VoterSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.KRaftVersionRecord;
import org.apache.kafka.common.message.LeaderChangeMessage;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.record.internal.ControlRecordUtils;

/** Raft's own records between their schemas and our types. Stateless. */
public final class ControlRecords {
    private ControlRecords() {}

    public static LeaderChangeMessage leaderChange(
            int leaderId, Collection<Integer> voters, Collection<Integer> granting) {
        return new LeaderChangeMessage()
                .setVersion(ControlRecordUtils.LEADER_CHANGE_CURRENT_VERSION)
                .setLeaderId(leaderId)
                .setVoters(ids(voters))
                .setGrantingVoters(ids(granting));
    }

    private static List<LeaderChangeMessage.Voter> ids(Collection<Integer> voters) {
        return voters.stream()
                .sorted()
                .map(id -> new LeaderChangeMessage.Voter().setVoterId(id))
                .toList();
    }

    public static KRaftVersionRecord kraftVersion(short level) {
        return new KRaftVersionRecord()
                .setVersion(ControlRecordUtils.KRAFT_VERSION_CURRENT_VERSION)
                .setKRaftVersion(level);
    }

    public static VotersRecord voters(VoterSet voters) {
        List<VotersRecord.Voter> list = new ArrayList<>();
        for (Voter voter : voters.voters()) {
            VotersRecord.EndpointCollection endpoints = new VotersRecord.EndpointCollection();
            voter.endpoints()
                    .forEach((name, address) -> endpoints.add(new VotersRecord.Endpoint()
                            .setName(name)
                            .setHost(address.host())
                            .setPort(address.port())));
            list.add(new VotersRecord.Voter()
                    .setVoterId(voter.key().id())
                    .setVoterDirectoryId(voter.key().directoryId())
                    .setEndpoints(endpoints)
                    .setKRaftVersionFeature(new VotersRecord.KRaftVersionFeature()
                            .setMinSupportedVersion(voter.minKraftVersion())
                            .setMaxSupportedVersion(voter.maxKraftVersion())));
        }
        return new VotersRecord()
                .setVersion(ControlRecordUtils.KRAFT_VOTERS_CURRENT_VERSION)
                .setVoters(list);
    }

    public static VoterSet voters(VotersRecord record) {
        List<Voter> list = new ArrayList<>();
        for (VotersRecord.Voter voter : record.voters()) {
            Map<String, HostPort> endpoints = new LinkedHashMap<>();
            for (VotersRecord.Endpoint endpoint : voter.endpoints()) {
                endpoints.put(endpoint.name(), new HostPort(endpoint.host(), endpoint.port()));
            }
            list.add(new Voter(
                    new ReplicaKey(voter.voterId(), voter.voterDirectoryId()),
                    endpoints,
                    voter.kRaftVersionFeature().minSupportedVersion(),
                    voter.kRaftVersionFeature().maxSupportedVersion()));
        }
        return VoterSet.of(list);
    }
}
