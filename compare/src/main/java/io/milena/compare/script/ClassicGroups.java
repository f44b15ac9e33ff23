package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_DELETE;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;

import io.milena.compare.Interview;

/** One member of a classic group in each version of JoinGroup: joins, synchronises, commits, is described, leaves; and what it may not do. */
final class ClassicGroups implements Script {
    private static final String PROTOCOLS = "protocolType: 'consumer', protocols: [{name: 'range', metadata: 'AAA='}]";

    @Override
    public void ask(Interview interview) {
        for (int version : JOIN_GROUP.allVersions()) {
            interview.about("classic group, JoinGroup v" + version);
            life(interview, version, "group: 'classic-" + version + "'", "classic-" + version);
        }
        refusals(interview);
    }

    private static void life(Interview ask, int version, String unused, String group) {
        String join = "{groupId: '" + group + "', sessionTimeoutMs: 30000, rebalanceTimeoutMs: 1000, memberId: '%s', "
                + PROTOCOLS + "}";
        ask.ask("joins", JOIN_GROUP, version, String.format(join, "")).remember("memberId", "/memberId");
        if (version >= 4) {
            ask.ask("joins with its id", JOIN_GROUP, version, String.format(join, "${memberId}"));
        }
        ask.remember("generation", "/generationId");
        ask.ask(
                "describe before the sync",
                DESCRIBE_GROUPS,
                5,
                "{groups: ['" + group + "'], includeAuthorizedOperations: true}");
        String member = "{groupId: '" + group
                + "', generationId: '${generation}', memberId: '${memberId}', protocolType: 'consumer', protocolName: 'range', assignments: [{memberId: '${memberId}', assignment: 'AAE='}]}";
        int sync = Math.min(version, SYNC_GROUP.latestVersion());
        ask.ask("syncs with a wrong generation", SYNC_GROUP, sync, member.replace("'${generation}'", "77"));
        ask.ask(
                "a stranger syncs",
                SYNC_GROUP,
                sync,
                member.replace("memberId: '${memberId}', protocolType", "memberId: 'stranger', protocolType"));
        ask.ask("syncs with another protocol", SYNC_GROUP, 5, member.replace("'range'", "'other'"));
        ask.ask("syncs with another type", SYNC_GROUP, 5, member.replace("'consumer'", "'connect'"));
        ask.ask("syncs", SYNC_GROUP, sync, member);
        ask.ask("syncs again", SYNC_GROUP, sync, member);
        int beat = Math.min(version, HEARTBEAT.latestVersion());
        ask.ask("beats", HEARTBEAT, beat, member);
        ask.ask("beats with a wrong generation", HEARTBEAT, beat, member.replace("'${generation}'", "0"));
        ask.ask(
                "a stranger beats",
                HEARTBEAT,
                beat,
                member.replace("memberId: '${memberId}', protocolType", "memberId: 'stranger', protocolType"));
        commits(ask, group);
        ask.ask(
                "describe",
                DESCRIBE_GROUPS,
                Math.min(version, DESCRIBE_GROUPS.latestVersion()),
                "{groups: ['" + group + "', 'nobody'], includeAuthorizedOperations: true}");
        ask.ask("delete while it lives", DELETE_GROUPS, 2, "{groupsNames: ['" + group + "']}");
        ask.ask(
                "delete offsets of a topic while it lives",
                OFFSET_DELETE,
                0,
                "{groupId: '" + group + "', topics: [{name: 'read', partitions: [{partitionIndex: 0}]}]}");
        ask.ask(
                "joins anew with another protocol type",
                JOIN_GROUP,
                version,
                String.format(join, "${memberId}").replace("'consumer'", "'connect'"));
        ask.ask(
                "joins anew without a common protocol",
                JOIN_GROUP,
                version,
                String.format(join, "").replace("'range'", "'other'"));
        String leave = "{groupId: '" + group + "', memberId: '%s', members: [{memberId: '%s', reason: 'done'}]}";
        int leaving = Math.min(version, LEAVE_GROUP.latestVersion());
        ask.ask("a stranger leaves", LEAVE_GROUP, leaving, leave.replace("%s", "stranger"));
        ask.ask("leaves", LEAVE_GROUP, leaving, leave.replace("%s", "${memberId}"));
        ask.ask("leaves again", LEAVE_GROUP, leaving, leave.replace("%s", "${memberId}"));
        ask.ask("beats after it left", HEARTBEAT, beat, member);
        ask.ask("describe the empty group", DESCRIBE_GROUPS, 5, "{groups: ['" + group + "']}");
        ask.ask("delete", DELETE_GROUPS, 2, "{groupsNames: ['" + group + "', '" + group + "']}");
        ask.ask("describe the deleted group", DESCRIBE_GROUPS, 6, "{groups: ['" + group + "']}");
        ask.ask("describe the deleted group", DESCRIBE_GROUPS, 5, "{groups: ['" + group + "']}");
    }

    private static void commits(Interview ask, String group) {
        String commit = "{groupId: '" + group
                + "', generationIdOrMemberEpoch: '${generation}', memberId: '${memberId}', topics: [{name: 'read', topicId: '${readId}', partitions: [{partitionIndex: 0, committedOffset: 4, committedLeaderEpoch: 0, committedMetadata: 'm'}, {partitionIndex: 99, committedOffset: 4}]}, {name: 'nobody', topicId: 'bm9ib2R5IGhhcyB0aGlzIQ', partitions: [{partitionIndex: 0, committedOffset: 1}]}]}";
        for (int version : OFFSET_COMMIT.allVersions()) {
            ask.ask("commits", OFFSET_COMMIT, version, commit);
            ask.ask("commits with a wrong generation", OFFSET_COMMIT, version, commit.replace("'${generation}'", "99"));
            ask.ask("commits without a generation", OFFSET_COMMIT, version, commit.replace("'${generation}'", "-1"));
            ask.ask("a stranger commits", OFFSET_COMMIT, version, commit.replace("'${memberId}'", "'stranger'"));
            ask.ask(
                    "a simple client commits",
                    OFFSET_COMMIT,
                    version,
                    commit.replace("'${memberId}'", "''").replace("'${generation}'", "-1"));
            ask.ask(
                    "commits too much metadata",
                    OFFSET_COMMIT,
                    version,
                    commit.replace("'m'", "'" + "m".repeat(5_000) + "'"));
        }
        for (int version : OFFSET_FETCH.allVersions()) {
            String topics =
                    "topics: [{name: 'read', topicId: '${readId}', partitionIndexes: [0, 1, 99]}, {name: 'nobody', topicId: 'bm9ib2R5IGhhcyB0aGlzIQ', partitionIndexes: [0]}]";
            ask.ask(
                    "offsets",
                    OFFSET_FETCH,
                    version,
                    "{groupId: '" + group + "', " + topics + ", groups: [{groupId: '" + group + "', " + topics + "}]}");
            ask.ask(
                    "all offsets",
                    OFFSET_FETCH,
                    version,
                    "{groupId: '" + group + "', topics: null, groups: [{groupId: '" + group
                            + "', topics: null}, {groupId: 'nobody', topics: null}], requireStable: true}");
            ask.ask(
                    "offsets of a member of another kind",
                    OFFSET_FETCH,
                    version,
                    "{groupId: '" + group + "', groups: [{groupId: '" + group
                            + "', memberId: '${memberId}', memberEpoch: 3, " + topics + "}]}");
        }
    }

    private static void refusals(Interview ask) {
        ask.about("classic group, refused");
        for (int version : JOIN_GROUP.allVersions()) {
            String join = "{groupId: 'refused', sessionTimeoutMs: 30000, rebalanceTimeoutMs: 1000, " + PROTOCOLS + "}";
            ask.ask("session too short", JOIN_GROUP, version, join.replace("30000", "1"));
            ask.ask("session too long", JOIN_GROUP, version, join.replace("30000", "2147483647"));
            ask.ask("no group id", JOIN_GROUP, version, join.replace("'refused'", "''"));
            ask.ask(
                    "no protocols",
                    JOIN_GROUP,
                    version,
                    "{groupId: 'refused', sessionTimeoutMs: 30000, protocolType: 'consumer', protocols: []}");
            ask.ask("no protocol type", JOIN_GROUP, version, join.replace("'consumer'", "''"));
            ask.ask(
                    "an unknown member",
                    JOIN_GROUP,
                    version,
                    join.replace("groupId: 'refused',", "groupId: 'refused', memberId: 'stranger',"));
            ask.ask(
                    "a protocol twice",
                    JOIN_GROUP,
                    version,
                    "{groupId: 'twice-${number}', sessionTimeoutMs: 30000, rebalanceTimeoutMs: 1000, protocolType: 'consumer', protocols: [{name: 'range', metadata: 'AAA='}, {name: 'range', metadata: 'AAA='}]}");
        }
    }
}
