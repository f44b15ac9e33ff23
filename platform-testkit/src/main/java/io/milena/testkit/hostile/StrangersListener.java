package io.milena.testkit.hostile;

import io.milena.testkit.process.NodeProcess;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;

/** A listener with SASL beside the one without, for clients that never log in. */
final class StrangersListener {
    private static final String NAME = "STRANGERS";
    private static final String HOST = "127.0.0.1";
    private static final String LISTENERS = "listeners";
    private static final String ADVERTISED = "advertised.listeners";
    private static final String PROTOCOLS = "listener.security.protocol.map";

    private StrangersListener() {}

    /** Adds it to the configuration of a broker that does not run yet. */
    static InetSocketAddress addTo(NodeProcess broker) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(broker.properties())) {
            properties.load(reader);
        }
        int port = freePort();
        String listener = "," + NAME + "://" + HOST + ":" + port;
        properties.setProperty(LISTENERS, properties.getProperty(LISTENERS) + listener);
        properties.setProperty(ADVERTISED, properties.getProperty(ADVERTISED) + listener);
        properties.setProperty(PROTOCOLS, properties.getProperty(PROTOCOLS) + "," + NAME + ":SASL_PLAINTEXT");
        properties.setProperty("sasl.enabled.mechanisms", "PLAIN");
        properties.setProperty(
                "listener.name.strangers.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"known-to-alice\";");
        try (Writer writer = Files.newBufferedWriter(broker.properties())) {
            properties.store(writer, null);
        }
        return new InetSocketAddress(HOST, port);
    }

    /** Below the ports that the system gives to outgoing connections: it must be free again after a restart. */
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 15_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(HOST))) {
                return socket.getLocalPort();
            } catch (IOException inUse) {
                // Another one, then.
            }
        }
    }
}
