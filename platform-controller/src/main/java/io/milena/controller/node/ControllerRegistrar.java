package io.milena.controller.node;

import io.milena.controller.Controller;
import io.milena.controller.Operation;
import io.milena.controller.core.ClusterControl;
import io.milena.controller.core.Decision;
import io.milena.metadata.ControllerRegistration;
import io.milena.metadata.Endpoint;
import io.milena.metadata.Features;
import io.milena.metadata.LoadManifest;
import io.milena.metadata.MetadataDelta;
import io.milena.metadata.MetadataImage;
import io.milena.metadata.MetadataPublisher;
import io.milena.raft.RaftTransport;
import io.milena.raft.core.HostPort;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.NotControllerException;
import org.apache.kafka.common.message.ControllerRegistrationRequestData;
import org.apache.kafka.common.message.ControllerRegistrationResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers this controller with the active one, which may be itself (KIP-919): until the image shows this incarnation, each
 * new image is an occasion to try, and a refusal is tried again after a second. Runs on the loader's thread.
 */
final class ControllerRegistrar implements MetadataPublisher, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControllerRegistrar.class);
    private static final long RETRY_MS = 1_000;
    private static final long TIMEOUT_MS = 10_000;

    private final int nodeId;
    private final Uuid incarnationId = Uuid.randomUuid();
    private final Controller controller;
    private final RaftTransport transport;
    private final Supplier<Optional<Node>> activeController;
    private final List<Endpoint> endpoints;
    private final boolean unstableFeatures;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private volatile boolean closed;

    /** @param endpoints where this controller can be reached */
    ControllerRegistrar(
            int nodeId,
            Controller controller,
            RaftTransport transport,
            Supplier<Optional<Node>> activeController,
            List<Endpoint> endpoints,
            boolean unstableFeatures) {
        this.nodeId = nodeId;
        this.controller = controller;
        this.transport = transport;
        this.activeController = activeController;
        this.endpoints = endpoints;
        this.unstableFeatures = unstableFeatures;
    }

    @Override
    public void publish(MetadataDelta delta, MetadataImage image, LoadManifest manifest) {
        ControllerRegistration known = image.cluster().controllers().get(nodeId);
        boolean registered = known != null && known.incarnationId().equals(incarnationId);
        if (registered || !image.features().metadataVersion().isControllerRegistrationSupported()) {
            return;
        }
        if (!closed && underWay.compareAndSet(false, true)) {
            register();
        }
    }

    private void register() {
        send().whenComplete((done, error) -> {
            if (error == null) {
                underWay.set(false);
                return;
            }
            LOG.debug("Controller {} could not register; trying again", nodeId, error);
            CompletableFuture.delayedExecutor(RETRY_MS, TimeUnit.MILLISECONDS).execute(() -> {
                if (!closed) {
                    register();
                }
            });
        });
    }

    private CompletableFuture<@Nullable Void> send() {
        if (controller.isActive()) {
            Local local = new Local(request());
            controller.submit(local);
            return local.done;
        }
        Optional<Node> active = activeController.get();
        if (active.isEmpty()) {
            return CompletableFuture.failedFuture(new NotControllerException("No controller appears to be active."));
        }
        HostPort address = new HostPort(active.get().host(), active.get().port());
        return transport.send(address, request(), TIMEOUT_MS).thenApply(ControllerRegistrar::checked);
    }

    private static @Nullable Void checked(ApiMessage response) {
        Errors error = Errors.forCode(((ControllerRegistrationResponseData) response).errorCode());
        if (error != Errors.NONE) {
            throw error.exception();
        }
        return null;
    }

    private ControllerRegistrationRequestData request() {
        ControllerRegistrationRequestData request =
                new ControllerRegistrationRequestData().setControllerId(nodeId).setIncarnationId(incarnationId);
        for (Endpoint endpoint : endpoints) {
            request.listeners()
                    .add(new ControllerRegistrationRequestData.Listener()
                            .setName(endpoint.listener())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setSecurityProtocol(endpoint.protocol().id));
        }
        Features.supported(unstableFeatures)
                .forEach((name, range) -> request.features()
                        .add(new ControllerRegistrationRequestData.Feature()
                                .setName(name)
                                .setMinSupportedVersion(range.min())
                                .setMaxSupportedVersion(range.max())));
        return request;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** The registration of the active controller with itself. */
    private static final class Local implements Operation<ControllerRegistrationResponseData> {
        private final ControllerRegistrationRequestData request;
        private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

        Local(ControllerRegistrationRequestData request) {
            this.request = request;
        }

        @Override
        public Decision<ControllerRegistrationResponseData> decide(Turn turn) {
            return new ClusterControl(turn.context()).registerController(request);
        }

        @Override
        public void complete(ControllerRegistrationResponseData response) {
            done.complete(null);
        }

        @Override
        public void fail(Throwable error) {
            done.completeExceptionally(error);
        }
    }
}
