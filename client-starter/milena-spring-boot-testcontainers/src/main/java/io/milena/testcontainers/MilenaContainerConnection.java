package io.milena.testcontainers;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;

/** Where to find the broker of a {@link MilenaContainer} that is marked with {@code @ServiceConnection}. */
class MilenaContainerConnection extends ContainerConnectionDetailsFactory<MilenaContainer, KafkaConnectionDetails> {
    @Override
    protected KafkaConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<MilenaContainer> source) {
        return new Details(source);
    }

    private static final class Details extends ContainerConnectionDetails<MilenaContainer>
            implements KafkaConnectionDetails {
        Details(ContainerConnectionSource<MilenaContainer> source) {
            super(source);
        }

        @Override
        public List<String> getBootstrapServers() {
            return List.of(getContainer().getBootstrapServers());
        }

        @Override
        public @Nullable SslBundle getSslBundle() {
            return super.getSslBundle();
        }

        @Override
        public String getSecurityProtocol() {
            return getSslBundle() == null ? "PLAINTEXT" : "SSL";
        }
    }
}
