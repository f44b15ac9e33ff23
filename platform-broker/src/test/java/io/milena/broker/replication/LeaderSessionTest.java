package io.milena.broker.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.broker.replication.LeaderSession.Key;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class LeaderSessionTest {
    private static final Uuid TOPIC = new Uuid(1, 2);
    private static final int ID = 77;

    private final LeaderSession session = new LeaderSession();

    private static FetchPartition entry(int index, long offset) {
        return new FetchPartition().setPartition(index).setFetchOffset(offset).setPartitionMaxBytes(100);
    }

    private void put(int index, long offset) {
        session.put(new Key(TOPIC, index), entry(index, offset));
    }

    private FetchRequestData next() {
        return session.next(new FetchRequestData());
    }

    private static FetchResponseData answer(Errors error, int sessionId) {
        return new FetchResponseData().setErrorCode(error.code()).setSessionId(sessionId);
    }

    private static List<Integer> asked(FetchRequestData request) {
        List<Integer> indexes = new ArrayList<>();
        request.topics().forEach(topic -> topic.partitions().forEach(each -> indexes.add(each.partition())));
        return indexes;
    }

    private static List<Integer> forgotten(FetchRequestData request) {
        List<Integer> indexes = new ArrayList<>();
        request.forgottenTopicsData().forEach(topic -> indexes.addAll(topic.partitions()));
        return indexes;
    }

    private void open(int... indexes) {
        for (int index : indexes) {
            put(index, 10);
        }
        next();
        assertThat(session.answered(answer(Errors.NONE, ID))).isTrue();
    }

    @Test
    void opensWithAllPartitionsAndThenNamesOnlyWhatChanged() {
        put(0, 10);
        put(1, 10);
        FetchRequestData opening = next();
        assertThat(opening.sessionId()).isZero();
        assertThat(opening.sessionEpoch()).isZero();
        assertThat(asked(opening)).containsExactly(0, 1);

        assertThat(session.answered(answer(Errors.NONE, ID))).isTrue();
        put(0, 11);
        put(1, 10);
        FetchRequestData incremental = next();
        assertThat(incremental.sessionId()).isEqualTo(ID);
        assertThat(incremental.sessionEpoch()).isEqualTo(1);
        assertThat(asked(incremental)).containsExactly(0);

        session.answered(answer(Errors.NONE, ID));
        FetchRequestData nothing = next();
        assertThat(nothing.sessionEpoch()).isEqualTo(2);
        assertThat(asked(nothing)).isEmpty();
    }

    @Test
    void forgetsPartitionsAndTakesThemUpAgain() {
        open(0, 1);
        session.forget(new Key(TOPIC, 1));
        FetchRequestData forgetting = next();
        assertThat(forgotten(forgetting)).containsExactly(1);
        assertThat(session.askedOffset(new Key(TOPIC, 1))).isEqualTo(-1);

        session.answered(answer(Errors.NONE, ID));
        put(1, 10);
        assertThat(asked(next())).containsExactly(1);
    }

    @Test
    void aPartitionForgottenAndAskedForAtOnceIsNamedAgain() {
        open(0);
        session.forget(new Key(TOPIC, 0));
        put(0, 10);
        FetchRequestData request = next();
        assertThat(asked(request)).containsExactly(0);
        assertThat(forgotten(request)).isEmpty();
    }

    @Test
    void aSessionErrorBeginsAnewWithEverything() {
        open(0, 1);
        next();
        assertThat(session.answered(answer(Errors.FETCH_SESSION_ID_NOT_FOUND, 0)))
                .isFalse();
        FetchRequestData anew = next();
        assertThat(anew.sessionId()).isZero();
        assertThat(anew.sessionEpoch()).isZero();
        assertThat(asked(anew)).containsExactly(0, 1);
    }

    @Test
    void aWrongEpochClosesTheOldSessionAndBeginsAnew() {
        open(0);
        next();
        assertThat(session.answered(answer(Errors.INVALID_FETCH_SESSION_EPOCH, 0)))
                .isFalse();
        FetchRequestData anew = next();
        assertThat(anew.sessionId()).as("the session to be closed").isEqualTo(ID);
        assertThat(anew.sessionEpoch()).isZero();
    }

    @Test
    void aLostRequestIsRepeatedInFull() {
        open(0, 1);
        put(0, 12);
        next();
        session.failed();
        FetchRequestData again = next();
        assertThat(asked(again)).containsExactly(0, 1);
        assertThat(session.askedOffset(new Key(TOPIC, 0))).isEqualTo(12);
    }

    @Test
    void withoutRoomForASessionEveryRequestIsFull() {
        put(0, 10);
        next();
        assertThat(session.answered(answer(Errors.NONE, 0))).isTrue();
        FetchRequestData full = next();
        assertThat(full.sessionEpoch()).isZero();
        assertThat(asked(full)).containsExactly(0);
    }
}
