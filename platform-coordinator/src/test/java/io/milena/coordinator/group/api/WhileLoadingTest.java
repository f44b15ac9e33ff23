package io.milena.coordinator.group.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.milena.coordinator.group.GroupCoordinator;
import io.milena.coordinator.group.MemoryCoordinatorLog;
import io.milena.coordinator.group.core.GroupConfig;
import io.milena.coordinator.runtime.CoordinatorView;
import io.milena.wire.testing.FakeExchange;
import java.util.Optional;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members hear from a coordinator that still reads its groups. The classic consumer ends with an error at what it does not expect. */
class WhileLoadingTest {

    private final MemoryCoordinatorLog log = new MemoryCoordinatorLog();
    private final GroupCoordinator coordinator =
            new GroupCoordinator(GroupConfig.defaults(), log, new OneOffsetsPartition(), System::currentTimeMillis);

    private static final class OneOffsetsPartition implements CoordinatorView {
        @Override
        public int partitionCount(String topic) {
            return 1;
        }

        @Override
        public @Nullable Uuid topicId(String topic) {
            return null;
        }

        @Override
        public @Nullable String topicName(Uuid topicId) {
            return null;
        }

        @Override
        public Optional<Node> leader(String topic, int partition, String listener) {
            return Optional.empty();
        }
    }

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
        assertThat(Errors.forCode(exchange.response(SyncGroupResponseData.class).errorCode()))
                .isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void aHeartbeatIsWell() {
        FakeExchange<HeartbeatRequestData> exchange = new FakeExchange<>(new HeartbeatRequestData().setGroupId("g"), 4);
        new HeartbeatHandler(coordinator).handle(exchange);
        assertThat(Errors.forCode(exchange.response(HeartbeatResponseData.class).errorCode()))
                .isEqualTo(Errors.NONE);
    }
}
