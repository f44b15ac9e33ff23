package io.milena.broker.control;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker's life as the controller sees it (KIP-631): it registers, gets an epoch, stays fenced until it has caught up with the
 * metadata, serves, and asks to be shut down.
 *
 * <pre>
 *   STARTING ──registered──▶ FENCED ──caught up──▶ RUNNING ──shut down asked──▶ LEAVING ──granted──▶ STOPPED
 *      ▲                       │                      │
 *      └──────stale epoch──────┴──────────────────────┘
 * </pre>
 *
 * All state is confined to the scheduler's single thread; public methods may be called from any thread.
 */
public final class BrokerLifecycle {
    private static final Logger log = LoggerFactory.getLogger(BrokerLifecycle.class);
    private static final long SOON_MS = 10;
    private static final long RETRY_MS = 500;

    /** Where the broker stands. */
    public enum State {
        STARTING,
        FENCED,
        RUNNING,
        LEAVING,
        STOPPED
    }

    /**
     * @param nodeId broker id
     * @param heartbeatIntervalMs [{@code broker.heartbeat.interval.ms}]
     * @param sessionTimeoutMs [{@code broker.session.timeout.ms}]
     * @param registrationTimeoutMs [{@code initial.broker.registration.timeout.ms}]
     * @param controlledShutdown [{@code controlled.shutdown.enable}]; without it the broker leaves without a word, and the controller
     *     fences it when its session ends
     */
    public record Config(
            int nodeId,
            int heartbeatIntervalMs,
            int sessionTimeoutMs,
            int registrationTimeoutMs,
            boolean controlledShutdown) {}

    private final Config config;
    private final ControllerChannel channel;
    private final ScheduledExecutorService scheduler;
    private final BrokerRegistrationRequestData registration;
    private final LongSupplier metadataOffset;
    private final LongConsumer onRegistered;

    private final CompletableFuture<Void> unfenced = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile State state = State.STARTING;
    private volatile long brokerEpoch = -1;
    private List<Uuid> offlineDirs = List.of();
    private volatile List<Uuid> toldOfflineDirs = List.of();
    private boolean heartbeatInFlight;
    private boolean heartbeatWanted;
    private @Nullable ScheduledFuture<?> nextHeartbeat;

    /**
     * @param registration what to register with; incarnation and previous epoch included, reused for a repeated registration
     * @param metadataOffset last offset this broker has applied
     * @param onRegistered told the broker epoch of each registration, on the scheduler thread
     */
    public BrokerLifecycle(
            Config config,
            ControllerChannel channel,
            ScheduledExecutorService scheduler,
            BrokerRegistrationRequestData registration,
            LongSupplier metadataOffset,
            LongConsumer onRegistered) {
        this.config = config;
        this.channel = channel;
        this.scheduler = scheduler;
        this.registration = registration;
        this.metadataOffset = metadataOffset;
        this.onRegistered = onRegistered;
    }

    /** Registers, then heartbeats until {@link #leave()}. */
    public void start() {
        scheduler.execute(this::register);
        scheduler.schedule(this::checkRegistered, config.registrationTimeoutMs, TimeUnit.MILLISECONDS);
    }

    private void checkRegistered() {
        if (brokerEpoch < 0) {
            unfenced.completeExceptionally(new TimeoutException("Broker " + config.nodeId
                    + " could not register with the controller within " + config.registrationTimeoutMs
                    + " ms (initial.broker.registration.timeout.ms)"));
        }
    }

    /**
     * Completes when the controller has let this broker serve; fails when it will never be let, could not register in time, or
     * stops before.
     */
    public CompletableFuture<Void> unfenced() {
        return unfenced;
    }

    public State state() {
        return state;
    }

    /** The epoch of the current registration, −1 before there is one. */
    public long brokerEpoch() {
        return brokerEpoch;
    }

    /** Tells the controller at once that the metadata moved on; only matters while fenced. */
    public void onMetadataAdvanced() {
        if (state == State.FENCED) {
            unlessStopped(() -> {
                if (state == State.FENCED) {
                    heartbeat();
                }
            });
        }
    }

    /**
     * Heartbeats at once: the connection to the controller broke, which makes this broker a suspect there until it is heard of,
     * or another controller is active, which has not heard of it yet.
     */
    public void onControllerLost() {
        unlessStopped(this::heartbeat);
    }

    /**
     * Reports which log directories work: failed ones at once and with all heartbeats (KIP-858), returned ones by registering
     * again as the same incarnation, which leaves epoch and leaderships as they are.
     *
     * @return completes when the controller knows of those that work
     */
    public CompletableFuture<Void> onLogDirs(List<Uuid> online, List<Uuid> offline) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        scheduler.execute(() -> {
            boolean returned = !registration.logDirs().containsAll(online);
            registration.setLogDirs(online.stream().sorted().toList());
            offlineDirs = List.copyOf(offline);
            heartbeat();
            if (returned) {
                amend(known);
            } else {
                known.complete(null);
            }
        });
        return known;
    }

    /**
     * Tells clients another address of a listener, by registering again as the same incarnation: epoch and leaderships stay.
     *
     * @return completes when the controller has taken it; fails if this broker has no such listener or has stopped
     */
    public CompletableFuture<Void> advertise(String listener, String host, int port) {
        CompletableFuture<Void> known = new CompletableFuture<>();
        scheduler.execute(() -> {
            BrokerRegistrationRequestData.Listener advertised =
                    registration.listeners().find(listener);
            if (advertised == null || state == State.STOPPED) {
                known.completeExceptionally(new IllegalStateException(
                        "Broker " + config.nodeId + " has no listener " + listener + ", or has stopped"));
                return;
            }
            log.info("Broker {} advertises {}:{} for {} from now on", config.nodeId, host, port, listener);
            advertised.setHost(host).setPort(port);
            amend(known);
        });
        return known;
    }

    /** The metadata's word on which log directories of this broker work; one that it lacks is registered again. */
    public void onLogDirsSeen(List<Uuid> known) {
        unlessStopped(() -> {
            if (state == State.RUNNING && !known.isEmpty() && !known.containsAll(registration.logDirs())) {
                amend(new CompletableFuture<>());
            }
        });
    }

    /** Connections and metadata are still heard of while the node stops, when there is nothing left to do about them. */
    private void unlessStopped(Runnable task) {
        try {
            scheduler.execute(task);
        } catch (RejectedExecutionException stopped) {
            log.debug("Broker {} has stopped", config.nodeId, stopped);
        }
    }

    /** Whether the controller has taken a heartbeat that called this directory failed. */
    public boolean hasTold(Uuid offlineDir) {
        return toldOfflineDirs.contains(offlineDir);
    }

    private void amend(CompletableFuture<Void> known) {
        if (state == State.STARTING) {
            // The registration under way may have been sent without the change.
            scheduler.schedule(() -> amend(known), RETRY_MS, TimeUnit.MILLISECONDS);
            return;
        }
        if (state == State.STOPPED) {
            return;
        }
        channel.send(registration.duplicate(), config.sessionTimeoutMs)
                .whenCompleteAsync(
                        (answer, error) -> {
                            if (answer instanceof BrokerRegistrationResponseData response
                                    && response.errorCode() == 0) {
                                brokerEpoch = response.brokerEpoch();
                                known.complete(null);
                            } else {
                                log.warn(
                                        "The controller does not know yet what changed at broker {}: {}",
                                        config.nodeId,
                                        error == null ? answer : error.getMessage());
                                scheduler.schedule(() -> amend(known), RETRY_MS, TimeUnit.MILLISECONDS);
                            }
                        },
                        scheduler);
    }

    /**
     * Controlled shutdown: asks the controller to move leadership away. The future completes when the controller has granted it,
     * or when this node has nothing to wait for (it never registered, or controlled shutdown is off).
     */
    public CompletableFuture<Void> leave() {
        scheduler.execute(() -> {
            if (state == State.STARTING || state == State.STOPPED || !config.controlledShutdown) {
                becomeStopped();
            } else {
                state = State.LEAVING;
                heartbeat();
            }
        });
        return stopped;
    }

    /** Gives up without the controller's consent; nothing is sent any more. */
    public void abandon() {
        scheduler.execute(this::becomeStopped);
    }

    private void register() {
        if (state == State.STOPPED) {
            return;
        }
        channel.send(registration.duplicate(), config.sessionTimeoutMs)
                .whenCompleteAsync(this::onRegistrationAnswer, scheduler);
    }

    private void onRegistrationAnswer(@Nullable ApiMessage answer, @Nullable Throwable error) {
        if (state != State.STARTING) {
            return;
        }
        if (answer instanceof BrokerRegistrationResponseData response && response.errorCode() == 0) {
            brokerEpoch = response.brokerEpoch();
            state = State.FENCED;
            log.info("Broker {} registered with epoch {}", config.nodeId, brokerEpoch);
            onRegistered.accept(brokerEpoch);
            heartbeat();
            return;
        }
        Errors code = answer instanceof BrokerRegistrationResponseData response
                ? Errors.forCode(response.errorCode())
                : Errors.UNKNOWN_SERVER_ERROR;
        switch (code) {
            case INCONSISTENT_CLUSTER_ID, INVALID_REGISTRATION, UNSUPPORTED_VERSION, BROKER_ID_NOT_REGISTERED ->
                unfenced.completeExceptionally(code.exception(
                        "The controller refuses to register broker " + config.nodeId + ": " + code.message()));
            default -> {
                log.warn(
                        "Broker {} could not register yet: {}",
                        config.nodeId,
                        error == null ? code + " (" + code.message() + ")" : error.getMessage());
                scheduler.schedule(this::register, 100, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void heartbeat() {
        if (state == State.STARTING || state == State.STOPPED) {
            return;
        }
        if (heartbeatInFlight) {
            heartbeatWanted = true;
            return;
        }
        heartbeatInFlight = true;
        heartbeatWanted = false;
        if (nextHeartbeat != null) {
            nextHeartbeat.cancel(false);
        }
        BrokerHeartbeatRequestData request = new BrokerHeartbeatRequestData()
                .setBrokerId(config.nodeId)
                .setBrokerEpoch(brokerEpoch)
                .setCurrentMetadataOffset(metadataOffset.getAsLong())
                .setWantFence(false)
                .setWantShutDown(state == State.LEAVING)
                .setOfflineLogDirs(offlineDirs);
        channel.send(request, config.sessionTimeoutMs)
                .whenCompleteAsync(
                        (answer, error) -> {
                            if (answer instanceof BrokerHeartbeatResponseData response && response.errorCode() == 0) {
                                toldOfflineDirs = request.offlineLogDirs();
                            }
                            onHeartbeatAnswer(answer, error);
                        },
                        scheduler);
    }

    private void onHeartbeatAnswer(@Nullable ApiMessage answer, @Nullable Throwable error) {
        heartbeatInFlight = false;
        if (state == State.STOPPED) {
            return;
        }
        if (!(answer instanceof BrokerHeartbeatResponseData response)) {
            log.warn("Heartbeat of broker {} failed: {}", config.nodeId, error == null ? answer : error.getMessage());
            scheduleHeartbeat(SOON_MS * 10);
            return;
        }
        Errors code = Errors.forCode(response.errorCode());
        if (code == Errors.STALE_BROKER_EPOCH || code == Errors.BROKER_ID_NOT_REGISTERED) {
            onStaleEpoch(code);
        } else if (code != Errors.NONE) {
            log.warn("The controller answered a heartbeat of broker {} with {}", config.nodeId, code);
            scheduleHeartbeat(SOON_MS * 10);
        } else if (state == State.LEAVING) {
            if (response.shouldShutDown()) {
                becomeStopped();
            } else {
                scheduleHeartbeat(SOON_MS * 5);
            }
        } else {
            onGranted(response);
        }
    }

    private void onGranted(BrokerHeartbeatResponseData response) {
        if (!response.isFenced() && state == State.FENCED) {
            state = State.RUNNING;
            log.info("Broker {} is unfenced", config.nodeId);
            unfenced.complete(null);
        } else if (response.isFenced() && state == State.RUNNING) {
            state = State.FENCED;
            log.warn("Broker {} was fenced by the controller", config.nodeId);
        }
        // A broker that follows no metadata yet recovers its logs, which may take minutes.
        boolean hurry = heartbeatWanted || (state == State.FENCED && metadataOffset.getAsLong() >= 0);
        scheduleHeartbeat(hurry ? SOON_MS : config.heartbeatIntervalMs);
    }

    private void onStaleEpoch(Errors code) {
        if (state == State.LEAVING) {
            becomeStopped();
            return;
        }
        log.warn(
                "The controller does not know epoch {} of broker {} ({}); registering again",
                brokerEpoch,
                config.nodeId,
                code);
        state = State.STARTING;
        registration.setPreviousBrokerEpoch(brokerEpoch);
        register();
    }

    private void scheduleHeartbeat(long delayMs) {
        nextHeartbeat = scheduler.schedule(this::heartbeat, delayMs, TimeUnit.MILLISECONDS);
    }

    private void becomeStopped() {
        state = State.STOPPED;
        if (nextHeartbeat != null) {
            nextHeartbeat.cancel(false);
        }
        unfenced.completeExceptionally(new IllegalStateException("Broker " + config.nodeId + " stops"));
        stopped.complete(null);
    }
}
