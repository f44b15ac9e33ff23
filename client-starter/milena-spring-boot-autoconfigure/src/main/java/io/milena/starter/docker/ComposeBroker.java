package io.milena.starter.docker;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;

/**
 * Where to find the broker of a Compose file: a service with the image {@code milena/node}, or with the label
 * {@code org.springframework.boot.service-connection: milena}, that publishes port 9092. If it publishes its admin port 9404 too, it is
 * told which ports of this machine they are, so neither needs to be a fixed one; without, it has to advertise the right address itself.
 */
class ComposeBroker extends DockerComposeConnectionDetailsFactory<KafkaConnectionDetails> {
    private static final int CLIENTS = 9092;
    private static final int ADMIN = 9404;

    ComposeBroker() {
        super(new String[] {"milena/node", "milena"});
    }

    /** Nothing for a node that clients cannot reach, such as a controller. */
    @Override
    protected @Nullable KafkaConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
        RunningService service = source.getRunningService();
        Integer port = published(service.ports(), CLIENTS);
        if (port == null) {
            return null;
        }
        Integer admin = published(service.ports(), ADMIN);
        if (admin != null) {
            new AdvertisedAddress(service.host(), admin).set(CLIENTS, service.host(), port);
        }
        return new Details(service, service.host() + ":" + port);
    }

    private static @Nullable Integer published(ConnectionPorts ports, int containerPort) {
        try {
            return ports.get(containerPort);
        } catch (IllegalStateException notPublished) {
            return null;
        }
    }

    private static final class Details extends DockerComposeConnectionDetails implements KafkaConnectionDetails {
        private final String bootstrapServer;

        Details(RunningService service, String bootstrapServer) {
            super(service);
            this.bootstrapServer = bootstrapServer;
        }

        @Override
        public List<String> getBootstrapServers() {
            return List.of(bootstrapServer);
        }
    }
}
