package io.milena.compare.script;

import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_DESCRIBE;
import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;

import io.milena.compare.Interview;
import java.util.List;

/** Consumer groups of KIP-848: epochs, assignments, patterns, and the classic protocol in their midst. */
final class ModernGroups implements Script {
    /** RE2 takes some of what Java's patterns do not, and the other way round. */
    private static final List<String> PATTERNS = List.of(
            "rea.*",
            "",
            "(",
            "[",
            "a{1,2}{3}",
            "(?P<n>read)",
            "[[:alpha:]]+",
            "(a)\\\\1",
            "(?=r)read",
            "(?<!x)read",
            "a++",
            "read\\\\Z",
            "x{1001}",
            "\\\\Aread\\\\z",
            "\\\\Qread\\\\E",
            "(?i)READ",
            "(?<n>read)",
            "\\\\pL+",
            "\\\\p{IsGreek}",
            "(?>read)",
            "[a&&b]",
            "\\\\C",
            "(?U)read",
            "(.*a){12}b",
            "*",
            "read\\\\");

    @Override
    public void ask(Interview interview) {
        for (int version : CONSUMER_GROUP_HEARTBEAT.allVersions()) {
            interview.about("consumer group, ConsumerGroupHeartbeat v" + version);
            life(interview, version, "modern-life-" + version);
        }
        patterns(interview);
        staticMember(interview);
        mixed(interview);
    }

    private static String beat(String group, String member, String epoch, String rest) {
        return "{groupId: '" + group + "', memberId: '" + member + "', memberEpoch: " + epoch
                + (rest.isEmpty() ? "" : ", " + rest) + "}";
    }

    private static void life(Interview ask, int version, String group) {
        String first = "rebalanceTimeoutMs: 5000, subscribedTopicNames: ['read', 'nobody'], topicPartitions: []";
        ask.ask("joins", CONSUMER_GROUP_HEARTBEAT, version, beat(group, version == 0 ? "" : "member-life", "0", first))
                .remember("memberId", "/memberId")
                .remember("epoch", "/memberEpoch");
        ask.ask(
                "joins without a time-out",
                CONSUMER_GROUP_HEARTBEAT,
                version,
                beat(group, "other", "0", "subscribedTopicNames: ['read'], topicPartitions: []"));
        ask.ask(
                "joins without topics",
                CONSUMER_GROUP_HEARTBEAT,
                version,
                beat(group, "other", "0", "rebalanceTimeoutMs: 5000, topicPartitions: []"));
        ask.ask(
                "joins owning something",
                CONSUMER_GROUP_HEARTBEAT,
                version,
                beat(
                        group,
                        "other",
                        "0",
                        "rebalanceTimeoutMs: 5000, subscribedTopicNames: ['read'], topicPartitions: [{topicId: '${readId}', partitions: [0]}]"));
        ask.ask(
                "joins with an unknown assignor",
                CONSUMER_GROUP_HEARTBEAT,
                version,
                beat(group, "other", "0", first + ", serverAssignor: 'none'"));
        ask.ask(
                        "beats",
                        CONSUMER_GROUP_HEARTBEAT,
                        version,
                        beat(
                                group,
                                "${memberId}",
                                "'${epoch}'",
                                "topicPartitions: [{topicId: '${readId}', partitions: [0, 1]}]"))
                .remember("epoch", "/memberEpoch");
        for (String epoch : List.of("99", "-1000", "-3", "1")) {
            ask.ask(
                    "beats in epoch " + epoch,
                    CONSUMER_GROUP_HEARTBEAT,
                    version,
                    beat(group, "${memberId}", epoch, ""));
        }
        ask.ask("a stranger beats", CONSUMER_GROUP_HEARTBEAT, version, beat(group, "stranger", "1", ""));
        ask.ask("a stranger leaves", CONSUMER_GROUP_HEARTBEAT, version, beat(group, "stranger", "-1", ""));
        ask.ask(
                        "subscribes to more",
                        CONSUMER_GROUP_HEARTBEAT,
                        version,
                        beat(group, "${memberId}", "'${epoch}'", "subscribedTopicNames: ['read', 'plain']"))
                .remember("epoch", "/memberEpoch");
        commits(ask, group);
        ask.ask(
                "describe",
                CONSUMER_GROUP_DESCRIBE,
                0,
                "{groupIds: ['" + group + "', 'nobody', 'committed'], includeAuthorizedOperations: true}");
        ask.ask("describe", CONSUMER_GROUP_DESCRIBE, 1, "{groupIds: ['" + group + "', 'nobody', '']}");
        ask.ask("describe as classic", DESCRIBE_GROUPS, 5, "{groups: ['" + group + "']}");
        ask.ask("describe as classic", DESCRIBE_GROUPS, 6, "{groups: ['" + group + "']}");
        ask.ask("list by type", LIST_GROUPS, 5, "{typesFilter: ['consumer']}");
        ask.ask(
                "list by type and state in other letters",
                LIST_GROUPS,
                5,
                "{typesFilter: ['Consumer'], statesFilter: ['stable', 'EMPTY']}");
        ask.ask("list by an unknown type", LIST_GROUPS, 5, "{typesFilter: ['none']}");
        ask.ask(
                "a classic heartbeat",
                HEARTBEAT,
                4,
                "{groupId: '" + group + "', generationId: '${epoch}', memberId: '${memberId}'}");
        ask.ask(
                "a classic leave",
                LEAVE_GROUP,
                5,
                "{groupId: '" + group + "', members: [{memberId: '${memberId}'}, {memberId: 'nobody'}]}");
        ask.ask("delete while it lives", DELETE_GROUPS, 2, "{groupsNames: ['" + group + "']}");
        ask.ask("leaves", CONSUMER_GROUP_HEARTBEAT, version, beat(group, "${memberId}", "-1", ""));
        ask.ask("beats after it left", CONSUMER_GROUP_HEARTBEAT, version, beat(group, "${memberId}", "'${epoch}'", ""));
        ask.ask("describe the empty group", CONSUMER_GROUP_DESCRIBE, 1, "{groupIds: ['" + group + "']}");
        ask.ask("delete", DELETE_GROUPS, 2, "{groupsNames: ['" + group + "']}");
    }

    private static void commits(Interview ask, String group) {
        for (int version : OFFSET_COMMIT.allVersions()) {
            String commit = "{groupId: '" + group
                    + "', generationIdOrMemberEpoch: '${epoch}', memberId: '${memberId}', topics: [{name: 'read', topicId: '${readId}', partitions: [{partitionIndex: 0, committedOffset: 2}]}]}";
            ask.ask("commits", OFFSET_COMMIT, version, commit);
            ask.ask("commits in another epoch", OFFSET_COMMIT, version, commit.replace("'${epoch}'", "77"));
            ask.ask("commits in no epoch", OFFSET_COMMIT, version, commit.replace("'${epoch}'", "-1"));
            ask.ask("a stranger commits", OFFSET_COMMIT, version, commit.replace("'${memberId}'", "'stranger'"));
        }
        for (int version = 8; version <= OFFSET_FETCH.latestVersion(); version++) {
            String fetch = "{groups: [{groupId: '" + group
                    + "', memberId: '${memberId}', memberEpoch: '${epoch}', topics: [{name: 'read', topicId: '${readId}', partitionIndexes: [0]}]}]}";
            ask.ask("offsets", OFFSET_FETCH, version, fetch);
            ask.ask("offsets in another epoch", OFFSET_FETCH, version, fetch.replace("'${epoch}'", "77"));
            ask.ask("offsets for a stranger", OFFSET_FETCH, version, fetch.replace("'${memberId}'", "'stranger'"));
            ask.ask(
                    "offsets in another epoch for nobody",
                    OFFSET_FETCH,
                    version,
                    fetch.replace("'${memberId}'", "null"));
        }
    }

    private static void patterns(Interview ask) {
        ask.about("consumer group, pattern");
        int number = 0;
        for (String pattern : PATTERNS) {
            String group = "pattern-" + number++;
            ask.ask(
                    pattern,
                    CONSUMER_GROUP_HEARTBEAT,
                    1,
                    beat(
                            group,
                            "member-pattern",
                            "0",
                            "rebalanceTimeoutMs: 5000, subscribedTopicRegex: '" + pattern + "', topicPartitions: []"));
            ask.ask(pattern + ", leaves", CONSUMER_GROUP_HEARTBEAT, 1, beat(group, "member-pattern", "-1", ""));
        }
    }

    private static void staticMember(Interview ask) {
        ask.about("consumer group, static member");
        String join =
                "instanceId: 'one', rebalanceTimeoutMs: 5000, subscribedTopicNames: ['read'], topicPartitions: []";
        ask.ask("joins", CONSUMER_GROUP_HEARTBEAT, 1, beat("modern-static", "a-one", "0", join))
                .remember("epoch", "/memberEpoch");
        ask.ask(
                "another joins under its instance",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                beat("modern-static", "a-two", "0", join));
        ask.ask(
                "another beats under its instance",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                beat("modern-static", "a-two", "1", "instanceId: 'one'"));
        ask.ask(
                "goes for a while",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                beat("modern-static", "a-one", "-2", "instanceId: 'one'"));
        ask.ask("goes without an instance", CONSUMER_GROUP_HEARTBEAT, 1, beat("modern-static", "a-one", "-2", ""));
        ask.ask("comes back with another id", CONSUMER_GROUP_HEARTBEAT, 1, beat("modern-static", "a-three", "0", join));
        ask.ask(
                "the one before beats",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                beat("modern-static", "a-one", "'${epoch}'", "instanceId: 'one'"));
        ask.ask("describe", CONSUMER_GROUP_DESCRIBE, 1, "{groupIds: ['modern-static']}");
        ask.ask("leaves", CONSUMER_GROUP_HEARTBEAT, 1, beat("modern-static", "a-three", "-1", "instanceId: 'one'"));
    }

    /** KIP-848: a group changes its protocol while it lives, and back. */
    private static void mixed(Interview ask) {
        ask.about("classic and consumer in one group");
        // The metadata of a consumer of version 1 that subscribes to "read" and owns nothing.
        String classic =
                "{groupId: 'mixed', sessionTimeoutMs: 30000, rebalanceTimeoutMs: 1000, memberId: '%s', protocolType: 'consumer', protocols: [{name: 'range', metadata: 'AAEAAAABAARyZWFk/////wAAAAA='}]}";
        ask.ask("a classic member", JOIN_GROUP, 9, String.format(classic, "")).remember("memberId", "/memberId");
        ask.ask("a classic member with its id", JOIN_GROUP, 9, String.format(classic, "${memberId}"))
                .remember("generation", "/generationId");
        ask.ask(
                        "a consumer joins before the sync",
                        CONSUMER_GROUP_HEARTBEAT,
                        1,
                        beat(
                                "mixed",
                                "new-one",
                                "0",
                                "rebalanceTimeoutMs: 5000, subscribedTopicNames: ['read'], topicPartitions: []"))
                .remember("epoch", "/memberEpoch");
        ask.ask(
                "the classic member beats",
                HEARTBEAT,
                4,
                "{groupId: 'mixed', generationId: '${generation}', memberId: '${memberId}'}");
        ask.ask("describe", CONSUMER_GROUP_DESCRIBE, 1, "{groupIds: ['mixed']}");
        ask.ask("describe as classic", DESCRIBE_GROUPS, 5, "{groups: ['mixed']}");
        ask.ask(
                "a consumer joins an empty classic group",
                CONSUMER_GROUP_HEARTBEAT,
                1,
                beat(
                        "committed",
                        "new-two",
                        "0",
                        "rebalanceTimeoutMs: 5000, subscribedTopicNames: ['read'], topicPartitions: []"));
        ask.ask("which keeps its offsets", OFFSET_FETCH, 8, "{groups: [{groupId: 'committed', topics: null}]}");
        ask.ask("and leaves", CONSUMER_GROUP_HEARTBEAT, 1, beat("committed", "new-two", "-1", ""));
        ask.ask(
                "a classic member joins the empty consumer group",
                JOIN_GROUP,
                9,
                String.format(classic, "").replace("'mixed'", "'committed'"));
        ask.ask("consumer leaves", CONSUMER_GROUP_HEARTBEAT, 1, beat("mixed", "new-one", "-1", ""));
        ask.ask("classic leaves", LEAVE_GROUP, 5, "{groupId: 'mixed', members: [{memberId: '${memberId}'}]}");
    }
}
