package io.milena.starter.broker;

import io.milena.starter.broker.BrokerTrouble.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes the way to the broker step by step, as Kafka's client does without telling: resolve the names, connect, ask for the addresses
 * the broker advertises, connect to these. Opens sockets of its own and waits for each at most the given time.
 */
final class BrokerProbe {

    private final List<String> bootstrapServers;
    private final boolean plaintext;
    private final int timeoutMs;

    /** @param plaintext whether the broker may be asked; with TLS or SASL only connections are tried */
    BrokerProbe(List<String> bootstrapServers, boolean plaintext, Duration timeout) {
        this.bootstrapServers = List.copyOf(bootstrapServers);
        this.plaintext = plaintext;
        this.timeoutMs = (int) timeout.toMillis();
    }

    /** What keeps every bootstrap address from being connected to, empty if one can be. */
    Optional<BrokerTrouble> reach() {
        List<String> failures = new ArrayList<>();
        for (String server : bootstrapServers) {
            String failure = tryConnection(server);
            if (failure == null) {
                return Optional.empty();
            }
            failures.add(failure);
        }
        return Optional.of(unreachable(failures));
    }

    /** Why each of these bootstrap addresses cannot be connected to, of those that cannot. */
    Map<String, String> unreached(Predicate<String> which) {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String server : bootstrapServers) {
            if (which.test(server)) {
                try (Socket socket = connect(server)) {
                    continue;
                } catch (IOException e) {
                    reasons.put(server, message(e));
                }
            }
        }
        return reasons;
    }

    /** The whole way; empty if nothing on it is wrong. */
    Optional<BrokerTrouble> walk() {
        List<String> failures = new ArrayList<>();
        for (String server : bootstrapServers) {
            try (Socket socket = connect(server)) {
                return plaintext ? advertisedBy(server, socket) : Optional.empty();
            } catch (IOException e) {
                failures.add(because(server, e));
            }
        }
        return Optional.of(unreachable(failures));
    }

    private Optional<BrokerTrouble> advertisedBy(String server, Socket socket) {
        List<String> advertised;
        try {
            advertised = AdvertisedAddresses.ask(socket);
        } catch (IOException e) {
            return Optional.of(new BrokerTrouble(
                    Kind.NO_BROKER,
                    server + " accepts connections but does not answer as a Kafka broker (" + message(e) + ")",
                    "Check that the port is the one for clients, and whether the listener wants TLS or SASL"
                            + " (spring.kafka.security.protocol)"));
        }
        List<String> failures = new ArrayList<>();
        for (String address : advertised) {
            String failure = tryConnection(address);
            if (failure != null) {
                failures.add(failure);
            }
        }
        if (failures.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new BrokerTrouble(
                Kind.ADVERTISED_ADDRESS,
                "The broker at " + server + " answers, but tells its clients to connect to "
                        + String.join(", ", advertised) + ", and that fails: " + String.join("; ", failures),
                "Set advertised.listeners of the broker to an address that works from here"));
    }

    private @Nullable String tryConnection(String server) {
        try (Socket socket = connect(server)) {
            return null;
        } catch (IOException e) {
            return because(server, e);
        }
    }

    private Socket connect(String server) throws IOException {
        int colon = server.lastIndexOf(':');
        InetSocketAddress address;
        try {
            String host = server.substring(0, colon).replaceAll("^.*://|[\\[\\]]", "");
            address = new InetSocketAddress(host, Integer.parseInt(server.substring(colon + 1)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("'" + server + "' is not host:port", e);
        }
        if (address.isUnresolved()) {
            throw new IOException("the name '" + address.getHostString() + "' does not resolve");
        }
        Socket socket = new Socket();
        try {
            socket.setSoTimeout(timeoutMs);
            socket.connect(address, timeoutMs);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static BrokerTrouble unreachable(List<String> failures) {
        return new BrokerTrouble(
                Kind.UNREACHABLE,
                "No broker is reached: " + String.join("; ", failures),
                "Start the broker, or set spring.kafka.bootstrap-servers to where it listens");
    }

    private static String because(String server, IOException e) {
        return server + " (" + message(e) + ")";
    }

    private static String message(IOException e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getMessage().toLowerCase(java.util.Locale.ROOT);
    }
}
