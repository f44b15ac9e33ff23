package io.milena.metadata.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a node's properties as a whole and collects everything that is wrong. */
final class NodeConfigReader {
    /** In front of settings of plug-ins and of our own, which have no definition. */
    private static final List<String> FREE_PREFIXES =
            List.of("listener.name.", "config.providers.", "milena.", "rlmm.config.", "rsm.config.");

    final List<String> errors = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    final NodeValues values;
    final Set<ProcessRole> roles;
    final List<QuorumVoter> voters;
    final List<HostAndPort> bootstrapServers;
    final ListenerSettings listeners;

    NodeConfigReader(Map<String, String> properties) {
        values = new NodeValues(properties, errors);
        roles = roles();
        checkNodeId();
        voters = voters();
        bootstrapServers = bootstrapServers();
        listeners = new ListenerSettings(values, roles, errors);
        if (errors.isEmpty()) {
            checkQuorum();
            checkDirectories();
            checkTimes();
            CrossKeyRules.check(values)
                    .forEach(each -> errors.add(each.key() + ": " + each.text() + "; correct the value"));
            refuse();
            SecurityChecks.check(values, listeners, errors);
        }
        warnAboutUnknown();
        warnAboutWithoutEffect();
    }

    private Set<ProcessRole> roles() {
        EnumSet<ProcessRole> found = EnumSet.noneOf(ProcessRole.class);
        for (String role : values.list("process.roles")) {
            if (role.equals("broker") || role.equals("controller")) {
                found.add(ProcessRole.valueOf(role.toUpperCase(Locale.ROOT)));
            }
        }
        if (found.isEmpty() && !isFaulty("process.roles")) {
            errors.add("process.roles: expected broker, controller or broker,controller; got "
                    + (values.isGiven("process.roles") ? "'" + values.given().get("process.roles") + "'" : "nothing")
                    + "; say what this node shall be");
        }
        return Collections.unmodifiableSet(found);
    }

    private boolean isFaulty(String key) {
        for (String error : errors) {
            if (error.startsWith(key + ":")) {
                return true;
            }
        }
        return false;
    }

    private void checkNodeId() {
        boolean node = values.isGiven("node.id");
        boolean broker = values.isGiven("broker.id");
        if (!node && !broker) {
            errors.add(
                    "node.id: expected a number from 0 that no other node of the cluster has; got nothing; set node.id");
        } else if (node
                && broker
                && !Objects.equals(values.given().get("node.id"), values.given().get("broker.id"))) {
            errors.add("node.id: must equal broker.id if both are set; got node.id="
                    + values.given().get("node.id") + " and broker.id="
                    + values.given().get("broker.id") + "; remove broker.id");
        } else if (!node && errors.isEmpty() && values.number("broker.id") < 0) {
            errors.add("node.id: expected a number from 0; got broker.id="
                    + values.given().get("broker.id") + "; set node.id");
        }
    }

    private List<QuorumVoter> voters() {
        List<QuorumVoter> found = new ArrayList<>();
        Set<Integer> ids = new HashSet<>();
        for (String text : values.list("controller.quorum.voters")) {
            QuorumVoter voter = voter(text.trim());
            if (voter == null) {
                errors.add("controller.quorum.voters: expected id@host:port, with commas between several; got '" + text
                        + "'; correct it, for example 1@localhost:9093");
            } else if (!ids.add(voter.id())) {
                errors.add("controller.quorum.voters: each voter once; got id " + voter.id() + " twice; remove one");
            } else {
                found.add(voter);
            }
        }
        return List.copyOf(found);
    }

    private static @Nullable QuorumVoter voter(String text) {
        int at = text.indexOf('@');
        if (at <= 0) {
            return null;
        }
        try {
            HostAndPort address = HostAndPort.parse(text.substring(at + 1));
            return address.host().isEmpty()
                    ? null
                    : new QuorumVoter(Integer.parseInt(text.substring(0, at)), address.host(), address.port());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private List<HostAndPort> bootstrapServers() {
        List<HostAndPort> found = new ArrayList<>();
        for (String text : values.list("controller.quorum.bootstrap.servers")) {
            try {
                found.add(HostAndPort.parse(text.trim()));
            } catch (IllegalArgumentException e) {
                errors.add("controller.quorum.bootstrap.servers: expected host:port, with commas between several; got '"
                        + text + "'; correct it, for example localhost:9093");
            }
        }
        return List.copyOf(found);
    }

    private void checkQuorum() {
        long id = values.number("node.id");
        boolean voting = false;
        for (QuorumVoter voter : voters) {
            voting |= voter.id() == id;
        }
        if (voters.isEmpty() && bootstrapServers.isEmpty()) {
            errors.add("controller.quorum.voters: a node must know where the controllers are; got neither"
                    + " controller.quorum.bootstrap.servers nor controller.quorum.voters; set one, for example"
                    + " controller.quorum.bootstrap.servers=localhost:9093");
        } else if (!voters.isEmpty() && roles.contains(ProcessRole.CONTROLLER) && !voting) {
            errors.add("controller.quorum.voters: a controller must be one of the voters; got node.id=" + id + " and "
                    + voters + "; add " + id + "@host:port");
        } else if (voting && !roles.contains(ProcessRole.CONTROLLER)) {
            errors.add("controller.quorum.voters: a node that is only a broker must not be a voter; got node.id=" + id
                    + " and " + voters + "; use another node.id, or add controller to process.roles");
        }
    }

    private void checkDirectories() {
        List<String> dirs = values.list("log.dirs");
        if (dirs.isEmpty() || String.join("", dirs).isBlank()) {
            errors.add("log.dirs: expected at least one directory; got nothing; set log.dirs");
        }
        Set<String> unknown = new java.util.TreeSet<>(values.list("cordoned.log.dirs"));
        for (String dir : dirs) {
            unknown.remove(dir);
        }
        unknown.remove("*");
        if (!unknown.isEmpty()) {
            errors.add("cordoned.log.dirs: expected directories of log.dirs " + dirs + "; got " + unknown
                    + "; remove them or add them to log.dirs");
        }
    }

    private void checkTimes() {
        atMost("broker.heartbeat.interval.ms", "broker.session.timeout.ms", 2);
        atMost("replica.fetch.wait.max.ms", "replica.lag.time.max.ms", 1);
        atMost("group.min.session.timeout.ms", "group.max.session.timeout.ms", 1);
        for (String protocol : List.of("consumer", "share", "streams")) {
            String prefix = "group." + protocol + ".";
            between(prefix, "heartbeat.interval.ms");
            between(prefix, "session.timeout.ms");
            between(prefix, "assignment.interval.ms");
            below(prefix + "heartbeat.interval.ms", prefix + "session.timeout.ms");
        }
    }

    private void between(String prefix, String key) {
        atMost(prefix + "min." + key, prefix + key, 1);
        atMost(prefix + key, prefix + "max." + key, 1);
    }

    private void atMost(String smaller, String larger, int times) {
        if (values.number(smaller) * times > values.number(larger)) {
            errors.add(smaller + ": must be at most " + (times == 1 ? "" : "1/" + times + " of ") + larger + "; got "
                    + values.number(smaller) + " and " + values.number(larger) + "; lower the one or raise the other");
        }
    }

    private void below(String smaller, String larger) {
        if (values.number(smaller) >= values.number(larger)) {
            errors.add(smaller + ": must be below " + larger + "; got " + values.number(smaller) + " and "
                    + values.number(larger) + "; lower the one or raise the other");
        }
    }

    private static boolean isFree(String name) {
        for (String prefix : FREE_PREFIXES) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    private void refuse() {
        if (values.get("remote.log.storage.system.enable") == Boolean.TRUE) {
            errors.add("remote.log.storage.system.enable: tiered storage is not there; got true; remove the line");
        }
    }

    /** One line for all keys whose feature is not there, but for those that say no more than the default does. */
    private void warnAboutWithoutEffect() {
        List<String> without = new ArrayList<>();
        values.given().forEach((name, value) -> {
            ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, name);
            if (definition != null
                    && !value.trim().equals(definition.defaultValue())
                    && Works.effectOf(definition) == Works.Effect.NO_EFFECT_YET) {
                without.add(definition.isSensitive() ? name : name + "=" + value);
            }
        });
        if (!without.isEmpty()) {
            warnings.add("Without effect, as what they are about is not there yet: " + String.join(", ", without));
        }
    }

    private void warnAboutUnknown() {
        for (String name : values.given().keySet()) {
            if (ConfigDefinitions.orNull(ConfigScope.NODE, name) == null && !isFree(name)) {
                warnings.add("Unknown configuration key " + name + ": it has no effect"
                        + ConfigDefinitions.nearest(ConfigScope.NODE, name)
                                .map(nearest -> "; did you mean " + nearest + "?")
                                .orElse(""));
            }
        }
    }
}
