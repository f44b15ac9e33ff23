package io.milena.metadata.config;

import io.milena.metadata.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/** Reads listeners, advertised listeners and the map from listener name to security protocol. */
final class ListenerSettings {
    private final NodeValues values;
    private final List<String> errors;
    private final List<String> controllerNames;
    private final Map<String, SecurityProtocol> protocols = new LinkedHashMap<>();

    final List<Endpoint> listeners;
    final List<Endpoint> advertised;
    final String interBroker;

    ListenerSettings(NodeValues values, Set<ProcessRole> roles, List<String> errors) {
        this.values = values;
        this.errors = errors;
        this.controllerNames = values.list("controller.listener.names");
        if (controllerNames.isEmpty() && !values.isGiven("controller.listener.names")) {
            errors.add("controller.listener.names: a node of a KRaft cluster must know the controllers' listener; got"
                    + " nothing; set for example controller.listener.names=CONTROLLER");
        }
        readProtocols();
        listeners = endpoints("listeners", listenerTexts(roles), true);
        interBroker = interBrokerName();
        advertised = advertisedEndpoints();
        if (errors.isEmpty()) {
            check(roles);
        }
    }

    SecurityProtocol protocol(String listener) {
        SecurityProtocol protocol = protocols.get(listener);
        return protocol == null ? SecurityProtocol.PLAINTEXT : protocol;
    }

    Map<String, SecurityProtocol> protocols() {
        return protocols;
    }

    /** A pure controller has no default listener: its names must be given. */
    private List<String> listenerTexts(Set<ProcessRole> roles) {
        if (!values.isGiven("listeners")
                && !roles.contains(ProcessRole.BROKER)
                && roles.contains(ProcessRole.CONTROLLER)) {
            errors.add("listeners: a controller needs a listener for each of controller.listener.names "
                    + controllerNames + "; got none; set for example listeners=CONTROLLER://:9093");
            return List.of();
        }
        return values.list("listeners");
    }

    private void readProtocols() {
        String map = values.text("listener.security.protocol.map").orElse("");
        for (String pair : map.split(",")) {
            if (pair.isBlank()) {
                continue;
            }
            int colon = pair.lastIndexOf(':');
            SecurityProtocol protocol =
                    colon < 0 ? null : protocolNamed(pair.substring(colon + 1).trim());
            if (protocol == null) {
                errors.add("listener.security.protocol.map: expected NAME:PROTOCOL with a protocol of PLAINTEXT, SSL,"
                        + " SASL_PLAINTEXT, SASL_SSL; got '" + pair.trim() + "'; correct the pair");
            } else {
                protocols.put(normalized(pair.substring(0, colon)), protocol);
            }
        }
        if (!values.isGiven("listener.security.protocol.map")) {
            for (String name : controllerNames) {
                protocols.putIfAbsent(normalized(name), SecurityProtocol.PLAINTEXT);
            }
        }
    }

    private static @Nullable SecurityProtocol protocolNamed(String name) {
        for (SecurityProtocol protocol : SecurityProtocol.values()) {
            if (protocol.name.equalsIgnoreCase(name)) {
                return protocol;
            }
        }
        return null;
    }

    private List<Endpoint> endpoints(String key, List<String> texts, boolean uniquePorts) {
        List<Endpoint> endpoints = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Map<Integer, Endpoint> ports = new HashMap<>();
        for (String text : texts) {
            Endpoint endpoint = endpoint(key, text.trim());
            if (endpoint == null) {
                continue;
            }
            endpoints.add(endpoint);
            if (!names.add(endpoint.listener())) {
                errors.add(key + ": each listener needs its own name; got " + endpoint.listener()
                        + " twice; rename one and map it in listener.security.protocol.map");
            }
            Endpoint other = endpoint.port() == 0 || !uniquePorts ? null : ports.put(endpoint.port(), endpoint);
            if (other != null && !bothFamilies(other, endpoint)) {
                errors.add(key + ": each listener needs its own port; got " + endpoint.port() + " for "
                        + other.listener() + " and " + endpoint.listener() + "; change one");
            }
        }
        return List.copyOf(endpoints);
    }

    /** The same port may serve an IPv4 and an IPv6 address (KIP-797). */
    private static boolean bothFamilies(Endpoint one, Endpoint other) {
        return !one.host().isEmpty()
                && !other.host().isEmpty()
                && one.host().indexOf(':') >= 0 != other.host().indexOf(':') >= 0;
    }

    private @Nullable Endpoint endpoint(String key, String text) {
        int slashes = text.indexOf("://");
        try {
            if (slashes <= 0) {
                throw new IllegalArgumentException("'" + text + "' has no name");
            }
            String name = normalized(text.substring(0, slashes));
            HostAndPort address = HostAndPort.parse(text.substring(slashes + 3));
            SecurityProtocol protocol = protocols.get(name);
            if (protocol == null) {
                errors.add(key + ": listener " + name + " has no security protocol; got the map " + protocols
                        + "; add " + name + ":PLAINTEXT (or SSL, SASL_PLAINTEXT, SASL_SSL) to"
                        + " listener.security.protocol.map");
                return null;
            }
            return new Endpoint(name, address.host(), address.port(), protocol);
        } catch (IllegalArgumentException e) {
            errors.add(key + ": expected NAME://host:port, with commas between several; got '" + text + "' ("
                    + e.getMessage() + "); correct it, for example PLAINTEXT://:9092");
            return null;
        }
    }

    private String interBrokerName() {
        String given = values.text("inter.broker.listener.name")
                .map(ListenerSettings::normalized)
                .orElse("");
        if (!given.isEmpty()) {
            if (values.isGiven("security.inter.broker.protocol")) {
                errors.add(
                        "inter.broker.listener.name: cannot be combined with security.inter.broker.protocol; got both;"
                                + " remove security.inter.broker.protocol");
            }
            return given;
        }
        return normalized(values.text("security.inter.broker.protocol").orElse("PLAINTEXT"));
    }

    private List<Endpoint> advertisedEndpoints() {
        if (values.isGiven("advertised.listeners")
                && !values.list("advertised.listeners").isEmpty()) {
            List<Endpoint> given = endpoints("advertised.listeners", values.list("advertised.listeners"), false);
            List<Endpoint> all = new ArrayList<>(given);
            for (Endpoint listener : listeners) {
                if (isController(listener.listener()) && !names(given).contains(listener.listener())) {
                    all.add(listener);
                }
            }
            return List.copyOf(all);
        }
        return listeners;
    }

    private void check(Set<ProcessRole> roles) {
        Set<String> names = names(listeners);
        boolean broker = roles.contains(ProcessRole.BROKER);
        for (String name : controllerNames) {
            boolean listening = names.contains(normalized(name));
            if (roles.contains(ProcessRole.CONTROLLER) && !listening && name.equals(controllerNames.get(0))) {
                errors.add("controller.listener.names: the first name must be among the listeners of a controller; got "
                        + name + ", but listeners has " + names + "; add " + name + "://:9093 to listeners");
            } else if (!roles.contains(ProcessRole.CONTROLLER) && listening) {
                errors.add("listeners: a node that is only a broker must not listen as a controller; got " + name
                        + "; remove it from listeners");
            }
        }
        if (broker) {
            checkBroker(names);
        }
        for (Endpoint endpoint : advertised) {
            if (endpoint.host().equals("0.0.0.0") || endpoint.host().equals("::")) {
                errors.add("advertised.listeners: clients cannot connect to the address " + endpoint.host()
                        + "; got it for "
                        + endpoint.listener() + "; set advertised.listeners=" + endpoint.listener()
                        + "://<host name clients use>:" + endpoint.port());
            }
            if (!names.contains(endpoint.listener())) {
                errors.add("advertised.listeners: every advertised listener must be among the listeners; got "
                        + endpoint.listener() + ", but listeners has " + names + "; add it there or remove it here");
            }
        }
    }

    private void checkBroker(Set<String> names) {
        List<String> forClients = new ArrayList<>(names);
        for (String name : controllerNames) {
            forClients.remove(normalized(name));
        }
        if (forClients.isEmpty()) {
            errors.add("listeners: a broker needs a listener besides the controller's " + controllerNames + "; got "
                    + names + "; add for example PLAINTEXT://:9092");
        } else if (isController(interBroker)) {
            errors.add("inter.broker.listener.name: brokers must not talk to each other on a controller listener; got "
                    + interBroker + "; choose one of " + forClients);
        } else if (!names(advertised).contains(interBroker)) {
            errors.add("inter.broker.listener.name: must be an advertised listener; got " + interBroker
                    + ", advertised are " + names(advertised) + "; set inter.broker.listener.name="
                    + forClients.get(0));
        }
    }

    boolean isController(String listener) {
        for (String name : controllerNames) {
            if (normalized(name).equals(listener)) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> names(List<Endpoint> endpoints) {
        Set<String> names = new java.util.TreeSet<>();
        for (Endpoint endpoint : endpoints) {
            names.add(endpoint.listener());
        }
        return names;
    }

    static String normalized(String name) {
        return name.trim().toUpperCase(Locale.ROOT);
    }
}
