package io.milena.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;

/**
 * A broker that exists on paper only: it can be registered, and its port accepts connections, so that a controller that looks
 * whether it lives finds it alive; it answers nothing and hosts nothing.
 */
final class PaperBroker implements AutoCloseable {
    private final int id;
    private final ServerSocket listener;
    private final Thread acceptor;

    PaperBroker(int id) throws IOException {
        this.id = id;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.acceptor = new Thread(this::accept, "paper-broker-" + id);
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try (Socket socket = listener.accept()) {
                socket.getInputStream().readAllBytes(); // until the other side has seen enough
            } catch (IOException closed) {
                // Either side may hang up at any time.
            }
        }
    }

    int id() {
        return id;
    }

    /** @param controller what it supports, the broker says it supports too */
    BrokerRegistrationRequestData registration(ApiVersionsResponseData controller) {
        BrokerRegistrationRequestData request = new BrokerRegistrationRequestData()
                .setBrokerId(id)
                .setClusterId(Server.CLUSTER_ID)
                .setIncarnationId(Uuid.randomUuid())
                .setLogDirs(List.of(Uuid.randomUuid()));
        request.listeners()
                .add(new BrokerRegistrationRequestData.Listener()
                        .setName("PLAINTEXT")
                        .setHost("127.0.0.1")
                        .setPort(listener.getLocalPort()));
        controller
                .supportedFeatures()
                .forEach(feature -> request.features()
                        .add(new BrokerRegistrationRequestData.Feature()
                                .setName(feature.name())
                                .setMinSupportedVersion(feature.minVersion())
                                .setMaxSupportedVersion(feature.maxVersion())));
        return request;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
