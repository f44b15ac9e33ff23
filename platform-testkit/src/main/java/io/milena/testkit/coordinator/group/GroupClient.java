package io.milena.testkit.coordinator.group;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.testkit.coordinator.group.CommittedOffsetsLedger.Key;
import io.milena.testkit.coordinator.node.CoordinatorClient;
import io.milena.testkit.coordinator.node.ReplicatedPartition;
import io.milena.testkit.sim.Host;
import io.milena.testkit.sim.Violation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Somebody who asks about a group: commits and reads offsets, and knows how long answers may take when nothing is wrong. */
abstract class GroupClient extends CoordinatorClient {
    private static final byte GROUP_KEY = 0;
    private static final short BY_NAME = 9;
    static final long TIMEOUT_MS = 2_500;

    private final Workload workload;
    private String group;
    private int nextTag;

    GroupClient(Workload workload, Host host, String group) {
        super(workload.cluster(), host, GROUP_KEY);
        this.workload = workload;
        this.group = group;
    }

    String group() {
        return group;
    }

    /** The next questions are about another group. */
    void turnTo(String other) {
        group = other;
        forgetCoordinator();
    }

    Workload workload() {
        return workload;
    }

    GroupLedger ledger() {
        return workload.ledger();
    }

    private ReplicatedPartition home() {
        return cluster()
                .partition(new TopicPartition(
                        GroupCoordinator.OFFSETS_TOPIC,
                        GroupCoordinator.partitionFor(group, cluster().plan().partitions())));
    }

    /** Asks something that is answered soon, or as soon as something is committed. */
    void askSoon(ApiMessage request, short version, Consumer<Heard> heard) {
        long calmUntilUs = workload.answersWithinUs(home());
        ask(group, request, version, TIMEOUT_MS, answer -> {
            if (calmUntilUs > 0 && workload.isCalmSince(answer.sentUs(), home())) {
                long tookUs = nowUs() - answer.sentUs();
                // What was stalled between the wish and its request has its time, too.
                long withinUs = Math.max(calmUntilUs, workload.answersWithinUs(home()));
                Violation.unless(
                        tookUs <= withinUs && answer.response() != null,
                        "Group %s answered after %d ms with %s while nothing of it was moved: %s",
                        group,
                        tookUs / 1_000,
                        answer.response(),
                        request);
            }
            heard.accept(answer);
        });
    }

    // ---- errors

    /** Whether to ask again: after a while, perhaps somebody else. Others are the caller's business. */
    boolean isPassing(Errors error) {
        switch (error) {
            case NOT_COORDINATOR:
            case COORDINATOR_NOT_AVAILABLE:
                forgetCoordinator();
                return true;
            case COORDINATOR_LOAD_IN_PROGRESS:
                return true;
            default:
                return false;
        }
    }

    /** An error that no client should see here. */
    void unexpected(String what, Errors error) {
        Violation.unless(
                workload.isTroubled(),
                "%s of group %s is answered with %s though nothing is wrong",
                what,
                group,
                error);
    }

    // ---- offsets

    /** Commits one offset; {@code then} gets the error, or null when nothing was heard. */
    void commit(
            String memberId,
            @Nullable String instanceId,
            int epoch,
            int partition,
            long offset,
            Consumer<@Nullable Errors> then) {
        String tag = host().id() + "-" + nextTag++ + "-" + nowUs();
        OffsetCommitRequestData request = new OffsetCommitRequestData()
                .setGroupId(group)
                .setMemberId(memberId)
                .setGroupInstanceId(instanceId)
                .setGenerationIdOrMemberEpoch(epoch)
                .setTopics(List.of(new OffsetCommitRequestTopic()
                        .setName(GroupLimits.TOPIC)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)
                                .setCommittedMetadata(tag)))));
        Key key = new Key(group, partition);
        askSoon(request, BY_NAME, heard -> {
            if (!(heard.response() instanceof OffsetCommitResponseData response)) {
                then.accept(null);
                return;
            }
            Errors error =
                    Errors.forCode(response.topics().get(0).partitions().get(0).errorCode());
            if (error == Errors.NONE) {
                ledger().offsets().acknowledged(key, tag);
                workload.acknowledged(this);
            }
            then.accept(error);
        });
    }

    /** What was read: offsets by partition, none for a partition without; or an error. */
    record Read(@Nullable Errors error, Map<Integer, Long> offsets) {}

    /** Reads offsets. */
    void readOffsets(@Nullable String memberId, int epoch, Collection<Integer> partitions, Consumer<Read> then) {
        OffsetFetchRequestData request = new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setMemberId(memberId)
                        .setMemberEpoch(epoch)
                        .setTopics(List.of(new OffsetFetchRequestTopics()
                                .setName(GroupLimits.TOPIC)
                                .setPartitionIndexes(new ArrayList<>(partitions))))));
        String asked = group;
        ReplicatedPartition home = home();
        Map<Integer, Integer> told = new HashMap<>();
        ask(
                group,
                request,
                BY_NAME,
                TIMEOUT_MS,
                heard -> {
                    if (!(heard.response() instanceof OffsetFetchResponseData response)) {
                        then.accept(new Read(null, Map.of()));
                        return;
                    }
                    OffsetFetchResponseGroup answer = response.groups().get(0);
                    Errors error = Errors.forCode(answer.errorCode());
                    Map<Integer, Long> offsets = new HashMap<>();
                    if (error == Errors.NONE) {
                        boolean strictly = home.ledBySince(heard.broker(), heard.sentUs());
                        for (OffsetFetchResponsePartitions each :
                                answer.topics().get(0).partitions()) {
                            boolean none = each.committedOffset() < 0;
                            ledger().offsets()
                                    .shown(
                                            new Key(asked, each.partitionIndex()),
                                            none ? null : each.metadata(),
                                            strictly ? told.getOrDefault(each.partitionIndex(), 0) : 0);
                            if (!none) {
                                offsets.put(each.partitionIndex(), each.committedOffset());
                            }
                        }
                    }
                    then.accept(new Read(error, offsets));
                },
                () -> partitions.forEach(
                        each -> told.put(each, ledger().offsets().told(new Key(asked, each)))));
    }
}
