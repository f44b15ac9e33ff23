package io.milena.broker.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;

class FetchContextsTest {
    private static final short BY_ID = 17;
    private static final short BY_NAME = 12;
    private static final int CONSUMER = -1;
    private static final int FOLLOWER = 7;
    private static final Uuid TOPIC = new Uuid(1, 1);

    private final FetchSessions sessions = new FetchSessions(2, new FetchInterest(false), 1);
    private final FetchContexts contexts = new FetchContexts(sessions);

    @Test
    void aFullRequestOpensASessionWhoseNextRequestIsIncremental() {
        int session = open(BY_ID, 0, 1);

        FetchContext next = contexts.resolve(request(session, 1), BY_ID, CONSUMER, 10);

        assertThat(next).isInstanceOf(FetchContext.Incremental.class);
        assertThat(next.named()).isEmpty();
        assertThat(sessions.find(session)).extracting(FetchSession::size).isEqualTo(2);
        assertThat(next.conclude(List.of(), List.of(), 10).error()).isEqualTo(Errors.NONE);
    }

    @Test
    void ofAPartitionThatIsNamedTwiceTheLastWishCounts() {
        for (int epoch : new int[] {0, -1}) {
            FetchRequestData request = request(0, epoch, 0, 1);
            request.topics().get(0).partitions().add(partition(0).setFetchOffset(42));

            FetchContext context = contexts.resolve(request, BY_ID, CONSUMER, 10);

            assertThat(context.named()).extracting(target -> target.index).containsExactly(0, 1);
            assertThat(context.named().get(0).asked.offset()).isEqualTo(42);
        }
    }

    @Test
    void anIncrementalRequestAddsChangesAndForgets() {
        int session = open(BY_ID, 0, 1);
        FetchRequestData request = request(session, 1, 2);
        request.topics().get(0).partitions().add(partition(0).setFetchOffset(42));
        request.setForgottenTopicsData(
                List.of(new ForgottenTopic().setTopicId(TOPIC).setPartitions(List.of(1))));

        FetchContext next = contexts.resolve(request, BY_ID, CONSUMER, 10);

        assertThat(next.named()).extracting(target -> target.index).containsExactly(2, 0);
        assertThat(next.named().get(1).asked.offset()).isEqualTo(42);
        assertThat(sessions.find(session)).extracting(FetchSession::size).isEqualTo(2);
    }

    @Test
    void aWrongEpochAnUnknownSessionAndAMixOfNamesAndIdsAreRefused() {
        int session = open(BY_ID, 0);

        assertThat(refusal(request(session, 7), BY_ID)).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
        assertThat(refusal(request(session + 1, 1), BY_ID)).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
        assertThat(refusal(request(session, 1), BY_NAME)).isEqualTo(Errors.FETCH_SESSION_TOPIC_ID_ERROR);
        assertThat(contexts.resolve(request(session, 1), BY_ID, CONSUMER, 0))
                .isInstanceOf(FetchContext.Incremental.class);
    }

    @Test
    void theFinalEpochClosesTheSession() {
        int session = open(BY_ID, 0);

        FetchContext closing = contexts.resolve(request(session, -1, 0), BY_ID, CONSUMER, 0);

        assertThat(closing).isInstanceOf(FetchContext.Sessionless.class);
        assertThat(sessions.size()).isZero();
        assertThat(refusal(request(session, 1), BY_ID)).isEqualTo(Errors.FETCH_SESSION_ID_NOT_FOUND);
    }

    @Test
    void anAnswerOvertakenByALaterRequestIsAnError() {
        int session = open(BY_ID, 0);
        FetchContext slow = contexts.resolve(request(session, 1), BY_ID, CONSUMER, 0);
        contexts.resolve(request(session, 2), BY_ID, CONSUMER, 0);

        assertThat(slow.conclude(List.of(), List.of(), 0).error()).isEqualTo(Errors.INVALID_FETCH_SESSION_EPOCH);
    }

    @Test
    void aFullCacheTurnsNewcomersAwayUntilASessionIsStale() {
        open(BY_ID, 0);
        open(BY_ID, 0);

        assertThat(open(0L, BY_ID, CONSUMER, 0, 1, 2)).isZero();
        assertThat(open(FetchSessions.EVICTION_MS + 1, BY_ID, CONSUMER, 0)).isPositive();
        assertThat(sessions.size()).isEqualTo(2);
    }

    @Test
    void sessionsOccupyNoMoreThanTheyMayHoweverManySlotsThereAre() {
        // given
        FetchSessions small = new FetchSessions(1_000, 10, new FetchInterest(false), 1);
        FetchContexts limited = new FetchContexts(small);
        int first = open(limited, 0, 1, 2, 3);
        assertThat(open(limited, 0, 1, 2, 3, 4)).isPositive();

        // when, then: a client without room for its session is served without one
        assertThat(open(limited, 0, 1)).isZero();
        assertThat(open(limited, 0)).isPositive();

        // when: a session that grows beyond what is left ends, and its client begins anew
        FetchContext grown = limited.resolve(request(first, 1, 4, 5), BY_ID, CONSUMER, 0);

        // then
        assertThat(grown).isEqualTo(new FetchContext.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
        assertThat(small.size()).isEqualTo(2);
    }

    private static int open(FetchContexts contexts, int... partitions) {
        FetchContext opening = contexts.resolve(request(0, 0, partitions), BY_ID, CONSUMER, 0);
        return opening.conclude(List.of(), List.of(), 0).sessionId();
    }

    @Test
    void aFollowerTakesTheSlotOfTheSmallestConsumer() {
        int small = open(BY_ID, 0);
        int large = open(BY_ID, 0, 1);

        assertThat(open(1L, BY_ID, FOLLOWER, 0)).isPositive();

        assertThat(sessions.find(small)).isNull();
        assertThat(sessions.find(large)).isNotNull();
    }

    @Test
    void aFollowersSessionHasAllItsPartitionsNotedOnceMoreAfterAFetchOutsideIt() {
        // given a follower's session: with its first request all is noted, for a fetch may have come between when it
        // was opened
        int session = open(0L, BY_ID, FOLLOWER, 0, 1, 2);
        assertThat(noted(request(session, 1))).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(noted(request(session, 2, 1))).containsExactly(1);

        // when another follower fetches outside a session, and then this one, with a request that was overtaken
        sessions.haveNotedAgain(FOLLOWER + 1);
        assertThat(noted(request(session, 3))).isEmpty();
        sessions.haveNotedAgain(FOLLOWER);

        // then
        assertThat(noted(request(session, 4))).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(noted(request(session, 5))).isEmpty();
    }

    private List<Integer> noted(FetchRequestData request) {
        List<Integer> indexes = new ArrayList<>();
        contexts.resolve(request, BY_ID, FOLLOWER, 0).named().forEach(target -> indexes.add(target.index));
        return indexes;
    }

    @Test
    void unchangedPartitionsAreNotWorthSendingAndOnesInErrorAlwaysAre() {
        SessionPartition partition = new SessionPartition("", TOPIC, partition(0));
        assertThat(partition.worthSending(5, 0)).isTrue();

        partition.sent(null, new PartitionData().setHighWatermark(5).setLogStartOffset(0));
        assertThat(partition.worthSending(5, 0)).isFalse();
        assertThat(partition.worthSending(6, 0)).isTrue();
        assertThat(partition.worthSending(5, 1)).isTrue();

        partition.sent(
                null, new PartitionData().setHighWatermark(5).setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code()));
        assertThat(partition.worthSending(5, 0)).isTrue();
    }

    private Errors refusal(FetchRequestData request, short version) {
        return contexts.resolve(request, version, CONSUMER, 0)
                .conclude(List.of(), List.of(), 0)
                .error();
    }

    private int open(short version, int... partitions) {
        return open(0L, version, CONSUMER, partitions);
    }

    private int open(long nowMs, short version, int replicaId, int... partitions) {
        FetchContext context = contexts.resolve(request(0, 0, partitions), version, replicaId, nowMs);
        List<PartitionData> sent = new ArrayList<>();
        context.named().forEach(target -> sent.add(new PartitionData().setRecords(MemoryRecords.EMPTY)));
        return context.conclude(context.named(), sent, nowMs).sessionId();
    }

    private static FetchRequestData request(int session, int epoch, int... partitions) {
        List<FetchPartition> asked = new ArrayList<>();
        for (int partition : partitions) {
            asked.add(partition(partition));
        }
        return new FetchRequestData()
                .setSessionId(session)
                .setSessionEpoch(epoch)
                .setTopics(
                        partitions.length == 0
                                ? List.of()
                                : List.of(new FetchTopic().setTopicId(TOPIC).setPartitions(asked)));
    }

    private static FetchPartition partition(int index) {
        return new FetchPartition().setPartition(index).setPartitionMaxBytes(1024);
    }
}
