package io.milena.metadata.config;

import io.milena.metadata.Endpoint;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/** A security setting that cannot be kept stops the start: what keeps nobody out must not look as if it did. */
final class SecurityChecks {

    private static final String PLAIN = "PLAIN";
    private static final String LISTENER_PREFIX = "listener.name.";

    /** What there is instead of each. */
    private static final Map<String, String> CANNOT_BE_KEPT = Map.ofEntries(
            Map.entry("authorizer.class.name", "ACLs are not enforced yet: everybody who connects may do everything"),
            Map.entry("delegation.token.secret.key", "there are no delegation tokens yet"),
            Map.entry("principal.builder.class", "a principal is the SASL user or the certificate's name"),
            Map.entry("sasl.client.callback.handler.class", "credentials come from sasl.jaas.config"),
            Map.entry("sasl.login.callback.handler.class", "credentials come from sasl.jaas.config"),
            Map.entry("sasl.login.class", "credentials come from sasl.jaas.config"),
            Map.entry("sasl.server.callback.handler.class", "users come from sasl.jaas.config"),
            Map.entry("security.providers", "the JDK's own providers are used"),
            Map.entry("ssl.engine.factory.class", "TLS is the JDK's, by ssl.keystore.* and ssl.truststore.*"),
            Map.entry("ssl.principal.mapping.rules", "a principal is the certificate's whole name"));

    private static final Set<String> BROKER_MECHANISMS =
            Set.of("sasl.mechanism.inter.broker.protocol", "sasl.mechanism.controller.protocol");

    private final NodeValues values;
    private final List<String> errors;

    private SecurityChecks(NodeValues values, List<String> errors) {
        this.values = values;
        this.errors = errors;
    }

    static void check(NodeValues values, ListenerSettings listeners, List<String> errors) {
        SecurityChecks checks = new SecurityChecks(values, errors);
        checks.checkKeys();
        listeners.listeners.forEach(checks::checkMechanisms);
    }

    private void checkKeys() {
        values.given().forEach((name, value) -> {
            String key = withoutPrefixes(name);
            String instead = CANNOT_BE_KEPT.get(key);
            if (instead != null && !value.isBlank() && !value.equals(defaultOf(key))) {
                errors.add(name + ": cannot be kept, " + instead + "; got '"
                        + (key.endsWith("secret.key") ? "[hidden]" : value) + "'; remove the line");
            }
            if (BROKER_MECHANISMS.contains(key) && !value.trim().equals(PLAIN)) {
                errors.add(name + ": expected PLAIN, the only SASL mechanism there is; got '" + value
                        + "'; set it to PLAIN or remove the line");
            }
        });
    }

    private static @Nullable String defaultOf(String key) {
        ConfigDefinition definition = ConfigDefinitions.orNull(ConfigScope.NODE, key);
        return definition == null ? null : definition.defaultValue();
    }

    /** {@code listener.name.external.plain.sasl.login.class} is {@code sasl.login.class} of one mechanism of one listener. */
    private static String withoutPrefixes(String name) {
        if (!name.startsWith(LISTENER_PREFIX)) {
            return name;
        }
        for (String key : CANNOT_BE_KEPT.keySet()) {
            if (name.endsWith("." + key)) {
                return key;
            }
        }
        return name;
    }

    /** Without PLAIN nobody could log in, and with another mechanism not everybody who should. */
    private void checkMechanisms(Endpoint listener) {
        SecurityProtocol protocol = listener.protocol();
        if (protocol != SecurityProtocol.SASL_PLAINTEXT && protocol != SecurityProtocol.SASL_SSL) {
            return;
        }
        String own = LISTENER_PREFIX + listener.listener().toLowerCase(Locale.ROOT) + ".sasl.enabled.mechanisms";
        String text = values.given().get(own);
        List<String> enabled = text == null
                ? values.list("sasl.enabled.mechanisms")
                : List.of(text.replace(" ", "").split(","));
        if (!enabled.equals(List.of(PLAIN))) {
            errors.add((text == null ? "sasl.enabled.mechanisms" : own) + ": listener " + listener.listener()
                    + " can offer PLAIN and no other mechanism; got " + enabled
                    + "; set sasl.enabled.mechanisms=PLAIN and the users in " + LISTENER_PREFIX
                    + listener.listener().toLowerCase(Locale.ROOT) + ".plain.sasl.jaas.config");
        }
    }
}
