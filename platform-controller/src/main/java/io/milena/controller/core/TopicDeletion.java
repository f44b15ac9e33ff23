package io.milena.controller.core;

import io.milena.records.VersionedRecord;
import io.milena.records.metadata.RemoveTopicRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResultCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.jspecify.annotations.Nullable;

/** DeleteTopics, by name (up to version 5) or by name or id (version 6, KIP-516). */
public final class TopicDeletion {
    private final ControlContext context;

    public TopicDeletion(ControlContext context) {
        this.context = context;
    }

    public Decision<DeleteTopicsResponseData> decide(DeleteTopicsRequestData request) {
        List<DeleteTopicState> wanted = new ArrayList<>(request.topics());
        request.topicNames().forEach(name -> wanted.add(new DeleteTopicState().setName(name)));
        Set<Object> duplicates = Duplicates.among(wanted.stream().flatMap(topic -> Stream.ofNullable(key(topic))));
        Set<Object> answered = new HashSet<>();
        DeleteTopicsResponseData response =
                new DeleteTopicsResponseData().setResponses(new DeletableTopicResultCollection(wanted.size() + 1));
        Set<Uuid> byId = new HashSet<>();
        wanted.stream().filter(topic -> key(topic) instanceof Uuid).forEach(topic -> byId.add(topic.topicId()));
        Set<Uuid> twice = new HashSet<>();
        List<DeletableTopicResult> results = new ArrayList<>();
        for (DeleteTopicState topic : wanted) {
            Object key = key(topic);
            if (key == null || answered.add(key)) {
                DeletableTopicResult result = decide(topic, key, duplicates, byId);
                results.add(result);
                if (key instanceof String && !isDeletion(result)) {
                    twice.add(result.topicId());
                }
            }
        }
        // A topic that is named by its id and by its name stays, and the name's answer says why.
        results.removeIf(each -> isDeletion(each) && twice.contains(each.topicId()));
        response.responses().addAll(results);
        List<VersionedRecord> records = new ArrayList<>();
        results.stream()
                .filter(TopicDeletion::isDeletion)
                .forEach(each ->
                        records.add(new VersionedRecord(new RemoveTopicRecord().setTopicId(each.topicId()), 0)));
        return Decision.atomic(records, response);
    }

    private static boolean isDeletion(DeletableTopicResult result) {
        return result.errorCode() == Errors.NONE.code();
    }

    private DeletableTopicResult decide(
            DeleteTopicState wanted, @Nullable Object key, Set<Object> duplicates, Set<Uuid> byId) {
        if (key == null) {
            String text = wanted.name() == null
                    ? "Neither topic name nor id were specified."
                    : "You may not specify both topic name and topic id.";
            return result(wanted, Refusal.of(Errors.INVALID_REQUEST, text));
        }
        if (duplicates.contains(key)) {
            String text = key instanceof Uuid ? "Duplicate topic id." : "Duplicate topic name.";
            return result(wanted, Refusal.of(Errors.INVALID_REQUEST, text));
        }
        Topics topics = context.state().topics();
        TopicState topic = key instanceof Uuid id ? topics.byId(id) : topics.byName((String) key);
        if (topic == null) {
            Errors error = key instanceof Uuid ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
            return result(wanted, Refusal.of(error, error.message()));
        }
        if (key instanceof String && byId.contains(topic.id())) {
            return result(
                    wanted.duplicate().setTopicId(topic.id()),
                    Refusal.of(
                            Errors.INVALID_REQUEST,
                            "The provided topic name maps to an ID that was already supplied."));
        }
        return new DeletableTopicResult()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setErrorMessage(null);
    }

    private static DeletableTopicResult result(DeleteTopicState wanted, ApiError error) {
        return new DeletableTopicResult()
                .setName(wanted.name())
                .setTopicId(wanted.topicId())
                .setErrorCode(error.error().code())
                .setErrorMessage(error.message());
    }

    /** Name or id, whichever is given; null if both or neither are. */
    private static @Nullable Object key(DeleteTopicState topic) {
        boolean byId = !topic.topicId().equals(Uuid.ZERO_UUID);
        if (byId == (topic.name() != null)) {
            return null;
        }
        return byId ? topic.topicId() : topic.name();
    }
}
