package io.milena.coordinator.group.core;

import static io.milena.coordinator.group.core.GroupState.COMPLETING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.DEAD;
import static io.milena.coordinator.group.core.GroupState.EMPTY;
import static io.milena.coordinator.group.core.GroupState.PREPARING_REBALANCE;
import static io.milena.coordinator.group.core.GroupState.STABLE;

import io.milena.coordinator.runtime.CoordinatorRecord;
import io.milena.coordinator.runtime.Turn;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** OffsetCommit and TxnOffsetCommit: may this caller commit for the group, and what is written. */
final class OffsetCommits {

    private static final int GROUP_ID_NOT_FOUND_FROM = 9;

    private final GroupConfig config;
    private final Groups groups;
    private final RebalanceFlow flow;
    private final ModernGroups modern;

    OffsetCommits(GroupConfig config, Groups groups, RebalanceFlow flow, ModernGroups modern) {
        this.modern = modern;
        this.config = config;
        this.groups = groups;
        this.flow = flow;
    }

    /** Topics come with their names; those of version 10 with their ids too. */
    void commit(Turn turn, OffsetCommitRequestData request, short version, Reply<OffsetCommitResponseData> reply) {
        Committer committer = new Committer(
                request.memberId(),
                request.groupInstanceId(),
                request.generationIdOrMemberEpoch(),
                false,
                version,
                () -> partitions(request).iterator());
        Errors refused = validate(turn, request.groupId(), committer);
        long expireMs = request.retentionTimeMs() < 0
                ? CommittedOffset.NO_EXPIRY
                : turn.wallClockMs() + request.retentionTimeMs();
        List<CoordinatorRecord> records = new ArrayList<>();
        OffsetCommitResponseData response = new OffsetCommitResponseData();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponseTopic answer =
                    new OffsetCommitResponseTopic().setName(topic.name()).setTopicId(topic.topicId());
            response.topics().add(answer);
            for (OffsetCommitRequestPartition p : topic.partitions()) {
                Errors error = refused != Errors.NONE ? refused : validateMetadata(p.committedMetadata());
                answer.partitions()
                        .add(new OffsetCommitResponsePartition()
                                .setPartitionIndex(p.partitionIndex())
                                .setErrorCode(error.code()));
                if (error == Errors.NONE) {
                    records.add(GroupRecords.offset(
                            request.groupId(),
                            new TopicPartition(topic.name(), p.partitionIndex()),
                            new CommittedOffset(
                                    p.committedOffset(),
                                    p.committedLeaderEpoch(),
                                    orEmpty(p.committedMetadata()),
                                    turn.wallClockMs(),
                                    expireMs,
                                    topic.topicId(),
                                    -1L)));
                }
            }
        }
        if (records.isEmpty()) {
            reply.answer(response);
            return;
        }
        turn.write(records, (later, error) -> {
            if (error != Errors.NONE) {
                short code = Answers.forOffsetWrite(error).code();
                response.topics().forEach(t -> t.partitions().forEach(p -> failUnlessFailed(p, code)));
            }
            reply.answer(response);
        });
    }

    private static void failUnlessFailed(OffsetCommitResponsePartition partition, short code) {
        if (partition.errorCode() == Errors.NONE.code()) {
            partition.setErrorCode(code);
        }
    }

    /** Offsets of a transaction: they count when its commit marker arrives (KIP-447). */
    void commitInTransaction(
            Turn turn, TxnOffsetCommitRequestData request, short version, Reply<TxnOffsetCommitResponseData> reply) {
        Committer committer = new Committer(
                request.memberId(),
                request.groupInstanceId(),
                request.generationId(),
                true,
                version,
                () -> partitions(request).iterator());
        Errors refused = validate(turn, request.groupId(), committer);
        List<CoordinatorRecord> records = new ArrayList<>();
        TxnOffsetCommitResponseData response = new TxnOffsetCommitResponseData();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            TxnOffsetCommitResponseTopic answer = new TxnOffsetCommitResponseTopic().setName(topic.name());
            response.topics().add(answer);
            for (TxnOffsetCommitRequestPartition p : topic.partitions()) {
                Errors error = refused != Errors.NONE ? refused : validateMetadata(p.committedMetadata());
                answer.partitions()
                        .add(new TxnOffsetCommitResponsePartition()
                                .setPartitionIndex(p.partitionIndex())
                                .setErrorCode(error.code()));
                if (error == Errors.NONE) {
                    records.add(GroupRecords.offset(
                            request.groupId(),
                            new TopicPartition(topic.name(), p.partitionIndex()),
                            new CommittedOffset(
                                    p.committedOffset(),
                                    p.committedLeaderEpoch(),
                                    orEmpty(p.committedMetadata()),
                                    turn.wallClockMs(),
                                    CommittedOffset.NO_EXPIRY,
                                    Uuid.ZERO_UUID,
                                    -1L)));
                }
            }
        }
        if (records.isEmpty()) {
            reply.answer(response);
            return;
        }
        turn.writeTransactional(records, request.producerId(), request.producerEpoch(), (later, error) -> {
            if (error != Errors.NONE) {
                short code = Answers.forOffsetWrite(error).code();
                response.topics()
                        .forEach(t -> t.partitions().stream()
                                .filter(p -> p.errorCode() == Errors.NONE.code())
                                .forEach(p -> p.setErrorCode(code)));
            }
            reply.answer(response);
        });
    }

    /** The partitions of a commit whose metadata is not too long: of the others nothing is decided. */
    private List<TopicPartition> partitions(OffsetCommitRequestData request) {
        List<TopicPartition> partitions = new ArrayList<>();
        request.topics()
                .forEach(t -> t.partitions().stream()
                        .filter(p -> validateMetadata(p.committedMetadata()) == Errors.NONE)
                        .forEach(p -> partitions.add(new TopicPartition(t.name(), p.partitionIndex()))));
        return partitions;
    }

    private List<TopicPartition> partitions(TxnOffsetCommitRequestData request) {
        List<TopicPartition> partitions = new ArrayList<>();
        request.topics()
                .forEach(t -> t.partitions().stream()
                        .filter(p -> validateMetadata(p.committedMetadata()) == Errors.NONE)
                        .forEach(p -> partitions.add(new TopicPartition(t.name(), p.partitionIndex()))));
        return partitions;
    }

    private Errors validate(Turn turn, String groupId, Committer committer) {
        ClassicGroup group = groups.find(groupId);
        if (group == null) {
            if (modern.has(groupId)) {
                return modern.validateCommit(groupId, committer);
            }
            if (groups.foreignType(groupId) != null) {
                return Errors.GROUP_ID_NOT_FOUND;
            }
            // Without a generation it is a consumer that assigns itself, or an administrator: replay creates the group.
            if (committer.epoch() < 0) {
                return Errors.NONE;
            }
            boolean mayKnow = !committer.transactional() && committer.version() >= GROUP_ID_NOT_FOUND_FROM;
            return mayKnow ? Errors.GROUP_ID_NOT_FOUND : Errors.ILLEGAL_GENERATION;
        }
        Errors error = validate(group, committer);
        if (error == Errors.NONE && (group.is(STABLE) || group.is(PREPARING_REBALANCE))) {
            GroupMember member = group.member(committer.memberId());
            if (member != null) {
                flow.extendSession(member, turn); // a commit is a sign of life
            }
        }
        return error;
    }

    private static Errors validate(ClassicGroup group, Committer committer) {
        if (group.is(DEAD)) {
            return Errors.COORDINATOR_NOT_AVAILABLE;
        }
        if (committer.epoch() < 0 && group.is(EMPTY)) {
            return Errors.NONE;
        }
        if (committer.namesAMember()) {
            Errors error = group.validateMember(committer.memberId(), committer.instanceId());
            if (error != Errors.NONE) {
                return error;
            }
            if (committer.epoch() != group.generation()) {
                return Errors.ILLEGAL_GENERATION;
            }
        } else if (!committer.transactional()) {
            // A group with members is theirs; old producers commit in transactions without saying who they are.
            return Errors.UNKNOWN_MEMBER_ID;
        }
        // The member knows its generation but not its assignment yet: it must finish the rebalance first.
        return !committer.transactional() && group.is(COMPLETING_REBALANCE)
                ? Errors.REBALANCE_IN_PROGRESS
                : Errors.NONE;
    }

    private Errors validateMetadata(@Nullable String metadata) {
        return metadata == null || metadata.length() <= config.offsetMetadataMaxBytes()
                ? Errors.NONE
                : Errors.OFFSET_METADATA_TOO_LARGE;
    }

    private static String orEmpty(@Nullable String metadata) {
        return metadata == null ? "" : metadata;
    }
}
