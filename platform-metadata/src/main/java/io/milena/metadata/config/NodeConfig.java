package io.milena.metadata.config;

import io.milena.metadata.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * A node's configuration: Kafka's keys, checked as a whole before anything is touched. Immutable; any thread. Nothing is
 * resolved, opened or created here, except that {@link #advertisedListeners} asks for the host's name where none is given.
 */
public final class NodeConfig {
    private final NodeValues values;
    private final ListenerSettings listeners;
    private final Set<ProcessRole> roles;
    private final List<QuorumVoter> voters;
    private final List<HostAndPort> bootstrapServers;
    private final List<String> warnings;

    private NodeConfig(NodeConfigReader reader) {
        this.values = reader.values;
        this.listeners = reader.listeners;
        this.roles = reader.roles;
        this.voters = reader.voters;
        this.bootstrapServers = reader.bootstrapServers;
        this.warnings = List.copyOf(reader.warnings);
    }

    /**
     * Checks and types the properties.
     *
     * @throws InvalidNodeConfigException with a line for everything that is wrong
     */
    public static NodeConfig of(Map<String, String> properties) {
        return ofResolved(ConfigVariables.resolve(properties));
    }

    /** Without asking {@code config.providers} for anything: the values are what they are. */
    static NodeConfig ofResolved(Map<String, String> properties) {
        NodeConfigReader reader = new NodeConfigReader(properties);
        if (!reader.errors.isEmpty()) {
            throw new InvalidNodeConfigException(reader.errors);
        }
        return new NodeConfig(reader);
    }

    /** From a properties file. @throws IOException if it cannot be read */
    public static NodeConfig fromFile(Path file) throws IOException {
        return of(NodeConfigSources.file(file));
    }

    public Set<ProcessRole> roles() {
        return roles;
    }

    public boolean isBroker() {
        return roles.contains(ProcessRole.BROKER);
    }

    public boolean isController() {
        return roles.contains(ProcessRole.CONTROLLER);
    }

    public int nodeId() {
        return intOf("node.id");
    }

    /** Where to bind; an empty host means every interface, port 0 a free port. */
    public List<Endpoint> listeners() {
        return listeners.listeners;
    }

    public List<Endpoint> brokerListeners() {
        return listenersOf(false);
    }

    public List<Endpoint> controllerListeners() {
        return listenersOf(true);
    }

    private List<Endpoint> listenersOf(boolean controller) {
        List<Endpoint> found = new ArrayList<>();
        for (Endpoint endpoint : listeners.listeners) {
            if (listeners.isController(endpoint.listener()) == controller) {
                found.add(endpoint);
            }
        }
        return List.copyOf(found);
    }

    /**
     * What others are told to connect to, controller listeners included; a missing host becomes this host's name (one DNS
     * look-up), a port of 0 stays 0: the caller puts the bound port in its place.
     */
    public List<Endpoint> advertisedListeners() {
        List<Endpoint> endpoints = new ArrayList<>();
        for (Endpoint endpoint : listeners.advertised) {
            endpoints.add(
                    endpoint.host().isEmpty()
                            ? new Endpoint(endpoint.listener(), localHostName(), endpoint.port(), endpoint.protocol())
                            : endpoint);
        }
        return endpoints;
    }

    /** Names of the advertised listeners, the controller's included. */
    Set<String> advertisedNames() {
        return listeners.advertised.stream().map(Endpoint::listener).collect(Collectors.toSet());
    }

    public List<String> controllerListenerNames() {
        return values.list("controller.listener.names");
    }

    /** The listener over which brokers talk to each other. */
    public String interBrokerListenerName() {
        return listeners.interBroker;
    }

    /** The security protocol of a listener, also of one this node does not bind (a controller's, at a broker). */
    public SecurityProtocol securityProtocol(String listener) {
        return listeners.protocol(ListenerSettings.normalized(listener));
    }

    public Map<String, SecurityProtocol> securityProtocolMap() {
        return Map.copyOf(listeners.protocols());
    }

    /** Voters of a static quorum; empty with a dynamic one (KIP-853). */
    public List<QuorumVoter> quorumVoters() {
        return voters;
    }

    /** Where to find controllers of a dynamic quorum (KIP-853); empty with a static one. */
    public List<HostAndPort> quorumBootstrapServers() {
        return bootstrapServers;
    }

    /** Data directories as given, made absolute; never empty. */
    public List<Path> logDirs() {
        List<Path> dirs = new ArrayList<>();
        for (String dir : values.list("log.dirs")) {
            dirs.add(Path.of(dir).toAbsolutePath().normalize());
        }
        return List.copyOf(dirs);
    }

    /** Where the metadata log lives: metadata.log.dir, else the first of the log directories. */
    public Path metadataLogDir() {
        return text("metadata.log.dir")
                .map(dir -> Path.of(dir).toAbsolutePath().normalize())
                .orElseGet(() -> logDirs().get(0));
    }

    public Optional<String> rack() {
        return text("broker.rack");
    }

    /** SASL/PLAIN: user to password from the JAAS configuration of the listener; empty if PLAIN is not set up there. */
    public Map<String, String> plainUsers(String listener) {
        return PlainUsers.parse(listenerValue(listener, "plain.sasl.jaas.config")
                .or(() -> listenerValue(listener, "sasl.jaas.config"))
                .or(() -> text("sasl.jaas.config"))
                .orElse(""));
    }

    /** This node's own SASL/PLAIN name and password on the listener, for connections to other nodes. */
    public Optional<Map.Entry<String, String>> plainCredentials(String listener) {
        return PlainUsers.own(listenerValue(listener, "plain.sasl.jaas.config")
                .or(() -> listenerValue(listener, "sasl.jaas.config"))
                .or(() -> text("sasl.jaas.config"))
                .orElse(""));
    }

    /** SASL mechanisms the listener offers. */
    public List<String> saslMechanisms(String listener) {
        return listenerValue(listener, "sasl.enabled.mechanisms")
                .map(text -> List.of(text.replace(" ", "").split(",")))
                .orElseGet(() -> list("sasl.enabled.mechanisms"));
    }

    /** The value of {@code listener.name.<listener>.<key>}. */
    public Optional<String> listenerValue(String listener, String key) {
        return Optional.ofNullable(
                values.given().get("listener.name." + listener.toLowerCase(Locale.ROOT) + "." + key));
    }

    /** All values with the listener's prefix, without it, laid over the node's own; for TLS and SASL settings. */
    public Map<String, String> valuesFor(String listener) {
        String prefix = "listener.name." + listener.toLowerCase(Locale.ROOT) + ".";
        Map<String, String> map = new LinkedHashMap<>(values.given());
        values.given().forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                map.put(name.substring(prefix.length()), value);
            }
        });
        return map;
    }

    /** The value of a known key as int: given, given by a synonym (in the unit of {@code name}), or the default. */
    public int intOf(String name) {
        return Math.toIntExact(values.number(name));
    }

    public long longOf(String name) {
        return values.number(name);
    }

    public double doubleOf(String name) {
        return values.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    public boolean booleanOf(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    public List<String> list(String name) {
        return values.list(name);
    }

    /** The value of a known key as text, empty if there is none. */
    public Optional<String> text(String name) {
        return values.text(name);
    }

    /** The properties as given, unmodifiable: unknown keys, listener prefixes and plug-ins' own settings included. */
    public Map<String, String> given() {
        return values.given();
    }

    /** What is odd but no error, for the log: unknown keys with the nearest known one. */
    public List<String> warnings() {
        return warnings;
    }

    private static String localHostName() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
