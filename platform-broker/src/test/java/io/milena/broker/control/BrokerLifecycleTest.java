package io.milena.broker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerLifecycleTest {
    private static final Optional<Node> CONTROLLER = Optional.of(new Node(9, "c", 1));

    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);

    @AfterEach
    void stop() {
        scheduler.shutdownNow();
    }

    private BrokerLifecycle lifecycle(Optional<Node> controller, int registrationTimeoutMs, LongConsumer onRegistered) {
        ControllerChannel channel =
                new ControllerChannel(() -> controller, (node, onLost) -> new Controller(), scheduler);
        return new BrokerLifecycle(
                new BrokerLifecycle.Config(1, 1, 1_000, registrationTimeoutMs, true),
                channel,
                scheduler,
                new BrokerRegistrationRequestData().setBrokerId(1),
                () -> -1,
                onRegistered);
    }

    @Test
    void aBrokerThatFindsNoControllerGivesUpWhenTheTimeToRegisterIsOver() {
        // given
        BrokerLifecycle lifecycle = lifecycle(Optional.empty(), 1, epoch -> {});

        // when
        lifecycle.start();

        // then
        assertThatThrownBy(() -> lifecycle.unfenced().get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("within 1 ms (initial.broker.registration.timeout.ms)");
    }

    @Test
    void aRegisteredBrokerMayStayFencedForAsLongAsItsRecoveryTakes() throws Exception {
        // given
        CompletableFuture<Long> registered = new CompletableFuture<>();
        BrokerLifecycle lifecycle = lifecycle(CONTROLLER, 300, registered::complete);

        // when: the time to register is over, which a later task of the same thread knows
        lifecycle.start();
        assertThat(registered.get(30, TimeUnit.SECONDS)).isEqualTo(5);
        scheduler.schedule(() -> {}, 400, TimeUnit.MILLISECONDS).get(30, TimeUnit.SECONDS);

        // then
        assertThat(lifecycle.unfenced()).isNotDone();
    }

    @Test
    void whoeverWaitsForABrokerToServeHearsThatItIsStopped() {
        // given
        BrokerLifecycle lifecycle = lifecycle(Optional.empty(), 60_000, epoch -> {});
        lifecycle.start();

        // when
        lifecycle.leave();

        // then
        assertThatThrownBy(() -> lifecycle.unfenced().get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBrokerAsksToLeaveOnlyWhereControlledShutdownIsEnabled(boolean enabled) throws Exception {
        // given
        Obliging controller = new Obliging();
        BrokerLifecycle lifecycle = new BrokerLifecycle(
                new BrokerLifecycle.Config(3, 60_000, 60_000, 60_000, enabled),
                new ControllerChannel(() -> CONTROLLER, (node, onLost) -> controller, scheduler),
                scheduler,
                new BrokerRegistrationRequestData().setBrokerId(3),
                () -> 0,
                epoch -> {});
        lifecycle.start();
        lifecycle.unfenced().get(30, TimeUnit.SECONDS);

        // when
        lifecycle.leave().get(30, TimeUnit.SECONDS);

        // then
        assertThat(lifecycle.state()).isEqualTo(BrokerLifecycle.State.STOPPED);
        assertThat(controller.askedToShutDown).isEqualTo(enabled);
    }

    /** Registers the broker, lets it serve, and lets it go. */
    private static final class Obliging implements ControllerChannel.Link {
        private volatile boolean askedToShutDown;

        @Override
        public CompletableFuture<ApiMessage> send(ApiMessage request) {
            if (request instanceof BrokerHeartbeatRequestData beat && beat.wantShutDown()) {
                askedToShutDown = true;
            }
            return CompletableFuture.completedFuture(
                    request instanceof BrokerRegistrationRequestData
                            ? new BrokerRegistrationResponseData().setBrokerEpoch(7)
                            : new BrokerHeartbeatResponseData()
                                    .setIsFenced(false)
                                    .setShouldShutDown(true));
        }

        @Override
        public void close() {}
    }

    /** Registers the broker and leaves it fenced. */
    private static final class Controller implements ControllerChannel.Link {
        @Override
        public CompletableFuture<ApiMessage> send(ApiMessage request) {
            return CompletableFuture.completedFuture(
                    request instanceof BrokerRegistrationRequestData
                            ? new BrokerRegistrationResponseData().setBrokerEpoch(5)
                            : new BrokerHeartbeatResponseData().setIsFenced(true));
        }

        @Override
        public void close() {}
    }
}
