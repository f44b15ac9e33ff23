package io.milena.wire;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Certificates and rules of a TLS connection: Kafka's {@code ssl.*} properties.
 *
 * @param keyStore own key and certificate; a server needs it
 * @param trustStore whom to trust; the JDK's own list if absent
 * @param clientAuth whether a server asks its clients for certificates: {@code ssl.client.auth}
 * @param protocols {@code ssl.enabled.protocols}, empty for the JDK's
 * @param cipherSuites {@code ssl.cipher.suites}, empty for the JDK's
 * @param implementations which of the JDK's security providers do the work
 * @param verifyHostName whether a client checks the server's name: {@code ssl.endpoint.identification.algorithm} = https
 */
public record TlsSettings(
        Optional<Store> keyStore,
        Optional<Store> trustStore,
        ClientAuth clientAuth,
        List<String> protocols,
        List<String> cipherSuites,
        Implementations implementations,
        boolean verifyHostName) {

    /**
     * Names of the Java security architecture, empty for the JDK's choice.
     *
     * @param provider {@code ssl.provider}
     * @param keyManager {@code ssl.keymanager.algorithm}
     * @param trustManager {@code ssl.trustmanager.algorithm}
     * @param secureRandom {@code ssl.secure.random.implementation}
     */
    public record Implementations(
            Optional<String> provider,
            Optional<String> keyManager,
            Optional<String> trustManager,
            Optional<String> secureRandom) {
        /** The JDK chooses. */
        public static final Implementations DEFAULT =
                new Implementations(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** {@code ssl.client.auth}. */
    public enum ClientAuth {
        NONE,
        REQUESTED,
        REQUIRED
    }

    /**
     * A key store or trust store.
     *
     * @param type {@code JKS}, {@code PKCS12} or {@code PEM}
     * @param location the file; for PEM it holds certificates, and the private key where one is needed
     * @param password the store's password, empty for none
     * @param keyPassword the key's password, empty for the store's
     * @param pem certificates and key as text, in place of the file: {@code ssl.keystore.certificate.chain} and
     *     {@code ssl.keystore.key}, or {@code ssl.truststore.certificates}
     */
    public record Store(
            String type, Optional<Path> location, String password, String keyPassword, Optional<String> pem) {

        public static Store file(String type, Path location, String password) {
            return new Store(type, Optional.of(location), password, "", Optional.empty());
        }

        @Override
        public String toString() {
            return "Store[type=" + type + ", location=" + location + "]";
        }
    }

    public static TlsSettings server(Store keyStore) {
        return new TlsSettings(
                Optional.of(keyStore),
                Optional.empty(),
                ClientAuth.NONE,
                List.of(),
                List.of(),
                Implementations.DEFAULT,
                false);
    }

    public static TlsSettings client(Store trustStore) {
        return new TlsSettings(
                Optional.empty(),
                Optional.of(trustStore),
                ClientAuth.NONE,
                List.of(),
                List.of(),
                Implementations.DEFAULT,
                true);
    }
}
