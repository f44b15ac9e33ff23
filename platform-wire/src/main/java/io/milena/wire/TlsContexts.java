package io.milena.wire;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.NoSuchProviderException;
import java.security.Principal;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;

/** Makes Netty's TLS contexts from settings, with the JDK's own TLS. */
final class TlsContexts {

    private TlsContexts() {}

    static SslContext server(TlsSettings settings) {
        TlsSettings.Store keys = settings.keyStore()
                .orElseThrow(() -> new IllegalArgumentException(
                        "A TLS listener needs a key store (ssl.keystore.location or ssl.keystore.key)."));
        try {
            SslContextBuilder builder = isPem(keys)
                    ? SslContextBuilder.forServer(pem(keys), pem(keys), password(keys.keyPassword()))
                    : SslContextBuilder.forServer(keyManagers(keys, settings.implementations()));
            return finish(builder.clientAuth(clientAuth(settings.clientAuth())), settings);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("The TLS key store " + keys + " cannot be used: " + e.getMessage(), e);
        }
    }

    static SslContext client(TlsSettings settings) {
        SslContextBuilder builder = SslContextBuilder.forClient();
        try {
            if (settings.keyStore().isPresent()) {
                TlsSettings.Store keys = settings.keyStore().get();
                if (isPem(keys)) {
                    builder.keyManager(pem(keys), pem(keys), password(keys.keyPassword()));
                } else {
                    builder.keyManager(keyManagers(keys, settings.implementations()));
                }
            }
            if (!settings.verifyHostName()) {
                builder.endpointIdentificationAlgorithm("");
            }
            return finish(builder, settings);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("The TLS settings cannot be used: " + e.getMessage(), e);
        }
    }

    /** Who the peer is by its certificate; anonymous without one. */
    static KafkaPrincipal principal(ChannelPipeline pipeline) {
        SslHandler handler = pipeline.get(SslHandler.class);
        if (handler == null) {
            return KafkaPrincipal.ANONYMOUS;
        }
        try {
            Principal peer = handler.engine().getSession().getPeerPrincipal();
            return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, peer.getName());
        } catch (SSLPeerUnverifiedException e) {
            return KafkaPrincipal.ANONYMOUS;
        }
    }

    private static SslContext finish(SslContextBuilder builder, TlsSettings settings)
            throws GeneralSecurityException, IOException {
        builder.sslProvider(SslProvider.JDK);
        TlsSettings.Implementations chosen = settings.implementations();
        if (chosen.provider().isPresent()) {
            builder.sslContextProvider(provider(chosen.provider().get()));
        }
        if (chosen.secureRandom().isPresent()) {
            builder.secureRandom(SecureRandom.getInstance(chosen.secureRandom().get()));
        }
        if (settings.trustStore().isPresent()) {
            TlsSettings.Store trusted = settings.trustStore().get();
            if (isPem(trusted)) {
                builder.trustManager(pem(trusted));
            } else {
                builder.trustManager(trustManagers(trusted, settings.implementations()));
            }
        }
        if (!settings.protocols().isEmpty()) {
            builder.protocols(settings.protocols());
        }
        if (!settings.cipherSuites().isEmpty()) {
            builder.ciphers(settings.cipherSuites());
        }
        return builder.build();
    }

    private static boolean isPem(TlsSettings.Store store) {
        return store.pem().isPresent() || store.type().equalsIgnoreCase("PEM");
    }

    private static InputStream pem(TlsSettings.Store store) throws IOException {
        if (store.pem().isPresent()) {
            return new ByteArrayInputStream(store.pem().get().getBytes(StandardCharsets.UTF_8));
        }
        return new ByteArrayInputStream(Files.readAllBytes(location(store)));
    }

    private static Provider provider(String name) throws NoSuchProviderException {
        Provider provider = Security.getProvider(name);
        if (provider == null) {
            throw new NoSuchProviderException("there is no security provider " + name + " (ssl.provider)");
        }
        return provider;
    }

    private static KeyManagerFactory keyManagers(TlsSettings.Store store, TlsSettings.Implementations chosen)
            throws GeneralSecurityException, IOException {
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(chosen.keyManager().orElseGet(KeyManagerFactory::getDefaultAlgorithm));
        String password = store.keyPassword().isEmpty() ? store.password() : store.keyPassword();
        factory.init(load(store), password.toCharArray());
        return factory;
    }

    private static TrustManagerFactory trustManagers(TlsSettings.Store store, TlsSettings.Implementations chosen)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(
                chosen.trustManager().orElseGet(TrustManagerFactory::getDefaultAlgorithm));
        factory.init(load(store));
        return factory;
    }

    private static KeyStore load(TlsSettings.Store store) throws GeneralSecurityException, IOException {
        KeyStore keyStore = KeyStore.getInstance(store.type().toUpperCase(Locale.ROOT));
        try (InputStream in = Files.newInputStream(location(store))) {
            keyStore.load(
                    in, store.password().isEmpty() ? null : store.password().toCharArray());
        } catch (IOException e) {
            // The JDK's readers say nothing of the file, and at its early end nothing at all.
            throw new IOException(location(store) + " cannot be read as " + store.type() + " (" + e + ")", e);
        }
        return keyStore;
    }

    private static Path location(TlsSettings.Store store) {
        return store.location()
                .orElseThrow(() -> new IllegalArgumentException("The store " + store + " has no location."));
    }

    private static @Nullable String password(String password) {
        return password.isEmpty() ? null : password;
    }

    private static ClientAuth clientAuth(TlsSettings.ClientAuth wanted) {
        return switch (wanted) {
            case NONE -> ClientAuth.NONE;
            case REQUESTED -> ClientAuth.OPTIONAL;
            case REQUIRED -> ClientAuth.REQUIRE;
        };
    }
}
