package io.milena.bench.flow;

import io.milena.demo.load.ServiceUrls;
import io.milena.demo.load.Shop;
import io.milena.starter.testing.TestPostgres;
import io.milena.testkit.process.Engine;
import io.milena.testkit.process.ProcessCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A cluster and the three services, all as processes on 127.0.0.1. */
final class FlowProcesses implements AutoCloseable {

    /** Sessions shorter than Kafka's defaults (9 s, 30 s): a killed broker is missed sooner. */
    private static final Map<String, String> SETTINGS = Map.of(
            "broker.session.timeout.ms", "3000",
            "broker.heartbeat.interval.ms", "500",
            "group.initial.rebalance.delay.ms", "0");

    private static final List<String> MAINS = List.of(
            "io.milena.orders.OrderServiceApplication",
            "io.milena.inventory.InventoryServiceApplication",
            "io.milena.shipping.ShippingServiceApplication");
    private static final Duration READY = Duration.ofMinutes(3);

    private final Plan plan;
    private final ProcessCluster cluster;
    private final List<ServiceProcess> services = new ArrayList<>();
    private final ServiceUrls urls;

    /**
     * What is to run.
     *
     * @param brokers one, which is its own controller, or three beside three controllers
     * @param postgres whether each service has a PostgreSQL database instead of an H2 file
     * @param directory for data and logs
     * @param options of the services' JVMs; {@code %s} stands for the service's name
     */
    record Plan(Engine engine, int brokers, boolean postgres, Path directory, List<String> options) {

        @Override
        public String toString() {
            return engine + (brokers == 1 ? ", one node" : ", 3 controllers and 3 brokers") + ", "
                    + (postgres ? "PostgreSQL" : "H2");
        }
    }

    FlowProcesses(Plan plan) {
        this.plan = plan;
        ProcessCluster.Builder builder = ProcessCluster.in(plan.directory().resolve("cluster"))
                .engine(plan.engine())
                .settings(SETTINGS);
        this.cluster = (plan.brokers() == 1
                        ? builder.combined(1)
                        : builder.controllers(plan.brokers()).brokers(plan.brokers()))
                .create();
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < MAINS.size(); i++) {
            int port = freePort();
            addresses.add("http://127.0.0.1:" + port);
            services.add(service(ServiceUrls.NAMES.get(i), MAINS.get(i), port));
        }
        this.urls = new ServiceUrls(addresses.get(0), addresses.get(1), addresses.get(2));
    }

    private ServiceProcess service(String name, String mainClass, int port) {
        List<String> settings = new ArrayList<>(List.of(
                "--server.port=" + port,
                "--spring.kafka.bootstrap-servers=" + cluster.bootstrapServers(),
                "--service.data-dir=" + plan.directory()));
        if (plan.postgres()) {
            settings.addAll(TestPostgres.shared().fresh().arguments());
        }
        List<String> options = plan.options().stream()
                .map(option -> option.replace("%s", name))
                .toList();
        return new ServiceProcess(name, mainClass, plan.directory(), options, settings);
    }

    /** Returns when everything serves. */
    void start() {
        cluster.start();
        services.forEach(ServiceProcess::start);
        shop().awaitReady(READY);
    }

    Shop shop() {
        return new Shop(urls, cluster.bootstrapServers());
    }

    ServiceUrls urls() {
        return urls;
    }

    ProcessCluster cluster() {
        return cluster;
    }

    List<ServiceProcess> services() {
        return services;
    }

    String bootstrapServers() {
        return cluster.bootstrapServers();
    }

    @Override
    public void close() {
        services.forEach(ServiceProcess::close);
        cluster.close();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("there is no free port on 127.0.0.1", e);
        }
    }
}
