package io.milena.coordinator.group.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.MemoryCoordinatorLog;
import io.milena.coordinator.group.TestTopics;
import io.milena.coordinator.group.consumer.ConsumerConfig;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.CoordinatorTime;
import io.milena.wire.testing.FakeExchange;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members hear from a coordinator that still reads its groups. The classic consumer ends with an error at what it does not expect. */
class WhileLoadingTest {

    private final MemoryCoordinatorLog log = new MemoryCoordinatorLog();
    private final TestTopics topics = new TestTopics(1);
    private final GroupCoordinator coordinator = new GroupCoordinator(
            GroupConfig.defaults(), ConsumerConfig.from(Map.of()), topics, log, topics, CoordinatorTime.SYSTEM);

    @BeforeEach
    void electOneThatCannotRead() {
        log.refuseReads(new KafkaStorageException("not yet"));
        coordinator.onElection(0, 1);
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    @Test
    void aMemberThatSyncsJoinsAgain() {
        FakeExchange<SyncGroupRequestData> exchange = new FakeExchange<>(
                new SyncGroupRequestData()
                        .setGroupId("g")
                        .setProtocolType("consumer")
                        .setProtocolName("range"),
                5);
        new SyncGroupHandler(new Shards(coordinator)).handle(exchange);
        await().until(exchange::isAnswered);
        assertThat(Errors.forCode(exchange.response(SyncGroupResponseData.class).errorCode()))
                .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    private OffsetFetchResponseData fetchOffsets(OffsetFetchRequestData request, int version) {
        FakeExchange<OffsetFetchRequestData> exchange = new FakeExchange<>(request, version);
        new OffsetFetchHandler(new Shards(coordinator), topics).handle(exchange);
        await().until(exchange::isAnswered);
        return exchange.response(OffsetFetchResponseData.class);
    }

    @Test
    void whoFetchesOffsetsIsToldWhereItsVersionHasAPlaceForIt() {
        // given
        OffsetFetchRequestData ofOneGroup = new OffsetFetchRequestData()
                .setGroupId("g")
                .setTopics(
                        List.of(new OffsetFetchRequestTopic().setName("orders").setPartitionIndexes(List.of(0, 1))));
        OffsetFetchRequestData ofGroups = new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId("g")
                        .setTopics(List.of(
                                new OffsetFetchRequestTopics().setName("orders").setPartitionIndexes(List.of(0))))));
        short loading = Errors.COORDINATOR_LOAD_IN_PROGRESS.code();

        // when
        OffsetFetchResponseData inPartitions = fetchOffsets(ofOneGroup, 1);
        OffsetFetchResponseData onTop = fetchOffsets(ofOneGroup, 7);
        OffsetFetchResponseData inGroups = fetchOffsets(ofGroups, 9);

        // then
        assertThat(inPartitions.topics()).hasSize(1);
        assertThat(inPartitions.topics().get(0).partitions())
                .hasSize(2)
                .allMatch(p -> p.errorCode() == loading && p.committedOffset() == -1);
        assertThat(onTop.errorCode()).isEqualTo(loading);
        assertThat(onTop.topics()).isEmpty();
        assertThat(inGroups.groups().get(0).errorCode()).isEqualTo(loading);
        assertThat(inGroups.groups().get(0).topics()).isEmpty();
    }

    @Test
    void aNodeThatDoesNotServeTheConsumerProtocolSaysSo() {
        // given
        try (GroupCoordinator classicOnly = new GroupCoordinator(
                GroupConfig.defaults(),
                ConsumerConfig.from(Map.of("group.coordinator.rebalance.protocols", "classic")),
                topics,
                log,
                topics,
                CoordinatorTime.SYSTEM)) {
            FakeExchange<ConsumerGroupHeartbeatRequestData> exchange =
                    new FakeExchange<>(new ConsumerGroupHeartbeatRequestData().setGroupId("g"), 1);

            // when
            new ConsumerGroupHeartbeatHandler(new Shards(classicOnly)).handle(exchange);

            // then
            assertThat(Errors.forCode(exchange.response(ConsumerGroupHeartbeatResponseData.class)
                            .errorCode()))
                    .isEqualTo(Errors.UNSUPPORTED_VERSION);
        }
    }

    @Test
    void aHeartbeatIsWell() {
        FakeExchange<HeartbeatRequestData> exchange = new FakeExchange<>(new HeartbeatRequestData().setGroupId("g"), 4);
        new HeartbeatHandler(coordinator).handle(exchange);
        await().until(exchange::isAnswered);
        assertThat(Errors.forCode(exchange.response(HeartbeatResponseData.class).errorCode()))
                .isEqualTo(Errors.NONE);
    }
}
