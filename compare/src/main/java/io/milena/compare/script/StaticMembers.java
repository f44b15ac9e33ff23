package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;

import io.milena.compare.Interview;

/** A static member (KIP-345) that comes back under its instance id, which fences the one before. */
final class StaticMembers implements Script {
    @Override
    public void ask(Interview ask) {
        for (int version = 5; version <= JOIN_GROUP.latestVersion(); version++) {
            ask.about("static member, JoinGroup v" + version);
            life(ask, version, "static-" + version);
        }
    }

    private static void life(Interview ask, int version, String group) {
        String join = "{groupId: '" + group
                + "', sessionTimeoutMs: 30000, rebalanceTimeoutMs: 1000, memberId: '%s', groupInstanceId: 'one', protocolType: 'consumer', protocols: [{name: 'range', metadata: 'AAA='}]}";
        ask.ask("joins", JOIN_GROUP, version, String.format(join, ""))
                .remember("memberId", "/memberId")
                .remember("generation", "/generationId");
        String sync = "{groupId: '" + group
                + "', generationId: '${generation}', memberId: '${memberId}', groupInstanceId: 'one', protocolType: 'consumer', protocolName: 'range', assignments: [{memberId: '${memberId}', assignment: 'AAE='}]}";
        ask.ask("syncs", SYNC_GROUP, 5, sync);
        ask.ask("beats", HEARTBEAT, 4, sync);
        ask.ask("beats under another instance", HEARTBEAT, 4, sync.replace("'one'", "'two'"));
        ask.ask("comes back", JOIN_GROUP, version, String.format(join, "")).remember("secondId", "/memberId");
        ask.ask("the one before beats", HEARTBEAT, 4, sync);
        ask.ask("the one before syncs", SYNC_GROUP, 5, sync);
        ask.ask(
                "the one before commits",
                OFFSET_COMMIT,
                8,
                "{groupId: '" + group
                        + "', generationIdOrMemberEpoch: '${generation}', memberId: '${memberId}', groupInstanceId: 'one', topics: [{name: 'read', partitions: [{partitionIndex: 0, committedOffset: 1}]}]}");
        ask.ask("the one before joins", JOIN_GROUP, version, String.format(join, "${memberId}"));
        ask.ask("describe", DESCRIBE_GROUPS, 5, "{groups: ['" + group + "']}");
        ask.ask(
                "leaves with a wrong id",
                LEAVE_GROUP,
                5,
                "{groupId: '" + group
                        + "', members: [{memberId: '${memberId}', groupInstanceId: 'one'}, {memberId: 'x', groupInstanceId: 'nobody'}, {memberId: '', groupInstanceId: 'nobody'}]}");
        ask.ask(
                "is removed by its instance",
                LEAVE_GROUP,
                5,
                "{groupId: '" + group + "', members: [{memberId: '', groupInstanceId: 'one'}]}");
        ask.ask("describe the empty group", DESCRIBE_GROUPS, 5, "{groups: ['" + group + "']}");
    }
}
