package io.milena.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControllerChannelTest {
    private static final Node ONE = new Node(1, "one", 9093);
    private static final Node TWO = new Node(2, "two", 9093);

    /** Never runs anything by itself: what happens, happens because of the change. */
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(0);

    private final Map<Integer, FakeLink> links = new HashMap<>();
    private final AtomicInteger losses = new AtomicInteger();
    private Optional<Node> leader = Optional.empty();
    private final ControllerChannel channel = new ControllerChannel(
            () -> leader,
            (node, onLost) -> {
                FakeLink link = new FakeLink(onLost);
                links.put(node.id(), link);
                return link;
            },
            scheduler);

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
    }

    @Test
    void what_waits_for_a_controller_is_sent_the_moment_there_is_one() {
        CompletableFuture<ApiMessage> answer = channel.send(new BrokerHeartbeatRequestData(), 60_000);
        assertThat(links).isEmpty();

        leader = Optional.of(TWO);
        channel.onControllerChanged();
        links.get(2).answer();

        assertThat(answer).isCompletedWithValueMatching(BrokerHeartbeatResponseData.class::isInstance);
    }

    @Test
    void what_a_hung_controller_has_in_hand_is_taken_from_it_when_another_is_active() {
        leader = Optional.of(ONE);
        CompletableFuture<ApiMessage> answer = channel.send(new BrokerHeartbeatRequestData(), 60_000);
        assertThat(links.get(1).inFlight).hasSize(1);

        leader = Optional.of(TWO);
        channel.onControllerChanged();

        assertThat(links.get(1).closed).isTrue();
        links.get(2).answer();
        assertThat(answer).isCompleted();
    }

    @Test
    void only_the_loss_of_the_active_controllers_connection_is_told() {
        channel.onLost(losses::incrementAndGet);
        leader = Optional.of(ONE);
        channel.send(new BrokerHeartbeatRequestData(), 60_000);
        FakeLink one = links.get(1);

        one.onLost.run();
        assertThat(losses).hasValue(1);

        leader = Optional.of(TWO);
        one.onLost.run();
        assertThat(losses).hasValue(1);
    }

    private static final class FakeLink implements ControllerChannel.Link {
        final List<CompletableFuture<ApiMessage>> inFlight = new ArrayList<>();
        final Runnable onLost;
        boolean closed;

        FakeLink(Runnable onLost) {
            this.onLost = onLost;
        }

        @Override
        public CompletableFuture<ApiMessage> send(ApiMessage request) {
            CompletableFuture<ApiMessage> answer = new CompletableFuture<>();
            inFlight.add(answer);
            return answer;
        }

        void answer() {
            inFlight.forEach(each -> each.complete(new BrokerHeartbeatResponseData()));
        }

        @Override
        public void close() {
            closed = true;
            List.copyOf(inFlight).forEach(each -> each.completeExceptionally(new DisconnectException("closed")));
        }
    }
}
