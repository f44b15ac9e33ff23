package io.milena.testcontainers;

import com.github.dockerjava.api.command.InspectContainerResponse;
import io.milena.starter.docker.AdvertisedAddress;
import java.time.Duration;
import java.util.Locale;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * A single node, broker and controller, in a container of its own. Started, it serves clients at {@link #getBootstrapServers()}: it was
 * told over its admin port where its mapped port is. With {@code @ServiceConnection} a Spring Boot test finds it by itself.
 *
 * <pre>{@code
 * @Testcontainers
 * @SpringBootTest
 * class OrderFlowTest {
 *     @Container
 *     @ServiceConnection
 *     static MilenaContainer milena = new MilenaContainer();
 * }
 * }</pre>
 */
public class MilenaContainer extends GenericContainer<MilenaContainer> {
    /** What {@code bin/image} builds. */
    public static final String IMAGE = "milena/node";

    private static final int CLIENTS = 9092;
    private static final int ADMIN = 9404;

    /** The image {@value #IMAGE}. */
    public MilenaContainer() {
        this(DockerImageName.parse(IMAGE));
    }

    /** @param image of a node, under whatever name it is known here */
    public MilenaContainer(DockerImageName image) {
        super(image);
        withExposedPorts(CLIENTS, ADMIN);
        withProperty("process.roles", "broker,controller");
        withProperty("node.id", "1");
        withProperty("controller.quorum.voters", "1@localhost:9093");
        withProperty("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093");
        withProperty("advertised.listeners", "PLAINTEXT://localhost:9092");
        withProperty("controller.listener.names", "CONTROLLER");
        withProperty("offsets.topic.replication.factor", "1");
        withProperty("transaction.state.log.replication.factor", "1");
        withProperty("transaction.state.log.min.isr", "1");
        withProperty("group.initial.rebalance.delay.ms", "0");
        withProperty("milena.spring.management.endpoint.listeners.access", "unrestricted");
        waitingFor(Wait.forHttp("/actuator/health/readiness").forPort(ADMIN).withStartupTimeout(Duration.ofMinutes(1)));
    }

    /** Sets one of Kafka's properties of the node, {@code log.retention.ms} for example. */
    public final MilenaContainer withProperty(String key, String value) {
        String variable = key.replace("_", "__").replace("-", "___").replace('.', '_');
        return withEnv("KAFKA_" + variable.toUpperCase(Locale.ROOT), value);
    }

    /** {@code host:port} for the clients' {@code bootstrap.servers}. */
    public String getBootstrapServers() {
        return getHost() + ":" + getMappedPort(CLIENTS);
    }

    @Override
    protected void containerIsStarted(InspectContainerResponse containerInfo) {
        new AdvertisedAddress(getHost(), getMappedPort(ADMIN)).set(CLIENTS, getHost(), getMappedPort(CLIENTS));
    }
}
