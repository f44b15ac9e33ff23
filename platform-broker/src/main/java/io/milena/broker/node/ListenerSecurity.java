package io.milena.broker.node;

import io.milena.metadata.config.NodeConfig;
import io.milena.wire.NodeClientConfig;
import io.milena.wire.SaslSettings;
import io.milena.wire.TlsSettings;
import io.milena.wire.TlsSettings.ClientAuth;
import io.milena.wire.TlsSettings.Store;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.security.auth.SecurityProtocol;

/**
 * What the configuration says about the security of a listener, for who listens and for who dials it alike: Kafka's {@code ssl.*} and
 * {@code sasl.*} properties, those with the prefix {@code listener.name.<listener>.} before the node's own.
 */
final class ListenerSecurity {
    private static final Pattern PEM_BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----", Pattern.DOTALL);

    private final NodeConfig config;

    ListenerSecurity(NodeConfig config) {
        this.config = config;
    }

    /** Keys, trust and rules if the listener speaks TLS. */
    Optional<TlsSettings> tls(String listener) {
        SecurityProtocol protocol = config.securityProtocol(listener);
        if (protocol != SecurityProtocol.SSL && protocol != SecurityProtocol.SASL_SSL) {
            return Optional.empty();
        }
        Map<String, String> values = config.valuesFor(listener);
        return Optional.of(new TlsSettings(
                keyStore(values),
                trustStore(values),
                clientAuth(listener, protocol, values),
                list(values, "ssl.enabled.protocols"),
                list(values, "ssl.cipher.suites"),
                new TlsSettings.Implementations(
                        text(values, "ssl.provider"),
                        text(values, "ssl.keymanager.algorithm"),
                        text(values, "ssl.trustmanager.algorithm"),
                        text(values, "ssl.secure.random.implementation")),
                !values.getOrDefault("ssl.endpoint.identification.algorithm", "https")
                        .isBlank()));
    }

    /** How the listener's clients authenticate themselves, if it speaks SASL. */
    SaslSettings sasl(String listener) {
        return SaslSettings.plain(config.plainUsers(listener))
                .withMaxReceiveBytes(config.intOf("sasl.server.max.receive.size"))
                .withFailureDelayMs(config.intOf("connection.failed.authentication.delay.ms"))
                .withMaxReauthMs(maxReauthMs(listener));
    }

    private long maxReauthMs(String listener) {
        return config.listenerValue(listener, "plain.connections.max.reauth.ms")
                .or(() -> config.listenerValue(listener, "connections.max.reauth.ms"))
                .map(text -> Long.parseLong(text.trim()))
                .orElseGet(() -> config.longOf("connections.max.reauth.ms"));
    }

    /** A client's configuration with what the other side's listener asks for. */
    NodeClientConfig dialling(String listener, NodeClientConfig client) {
        SecurityProtocol protocol = config.securityProtocol(listener);
        boolean sasl = protocol == SecurityProtocol.SASL_PLAINTEXT || protocol == SecurityProtocol.SASL_SSL;
        Optional<NodeClientConfig.PlainCredentials> credentials = sasl
                ? config.plainCredentials(listener)
                        .map(entry -> new NodeClientConfig.PlainCredentials(entry.getKey(), entry.getValue()))
                : Optional.empty();
        return client.withSecurity(credentials, tls(listener));
    }

    private static Optional<Store> keyStore(Map<String, String> values) {
        Optional<String> pem = text(values, "ssl.keystore.key")
                .map(key -> pemLines(values.getOrDefault("ssl.keystore.certificate.chain", "")) + pemLines(key));
        return store(values, "ssl.keystore.", values.getOrDefault("ssl.key.password", ""), pem);
    }

    private static Optional<Store> trustStore(Map<String, String> values) {
        Optional<String> pem = text(values, "ssl.truststore.certificates").map(ListenerSecurity::pemLines);
        return store(values, "ssl.truststore.", "", pem);
    }

    private static Optional<Store> store(
            Map<String, String> values, String prefix, String keyPassword, Optional<String> pem) {
        Optional<Path> location = text(values, prefix + "location").map(Path::of);
        if (location.isEmpty() && pem.isEmpty()) {
            return Optional.empty();
        }
        String type = values.getOrDefault(prefix + "type", "JKS").trim();
        return Optional.of(new Store(type, location, values.getOrDefault(prefix + "password", ""), keyPassword, pem));
    }

    /** A SASL listener asks for certificates only if it was said of this very listener (KIP-684). */
    private ClientAuth clientAuth(String listener, SecurityProtocol protocol, Map<String, String> values) {
        Optional<String> asked = protocol == SecurityProtocol.SASL_SSL
                ? config.listenerValue(listener, "ssl.client.auth")
                : text(values, "ssl.client.auth");
        return ClientAuth.valueOf(asked.orElse("none").trim().toUpperCase(Locale.ROOT));
    }

    /** PEM in a property often stands on one line, blanks for line ends; parsers of PEM want lines. */
    static String pemLines(String text) {
        return PEM_BLOCK
                .matcher(text)
                .replaceAll(block -> "-----BEGIN " + block.group(1) + "-----\n"
                        + block.group(2).strip().replaceAll("\\s+", "\n") + "\n-----END " + block.group(1)
                        + "-----\n");
    }

    private static Optional<String> text(Map<String, String> values, String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
    }

    private static List<String> list(Map<String, String> values, String name) {
        return text(values, name)
                .map(text -> Arrays.stream(text.split(","))
                        .map(String::trim)
                        .filter(each -> !each.isEmpty())
                        .toList())
                .orElse(List.of());
    }
}
