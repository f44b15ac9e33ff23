package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsContextCacheTest {

    @Test
    void aStoreThatIsJustBeingReplacedLeavesTheContextThatThereIs(@TempDir Path directory) throws Exception {
        // given
        Path file = JavaClientTest.selfSigned(directory);
        byte[] whole = Files.readAllBytes(file);
        TlsSettings settings = TlsSettings.client(TlsSettings.Store.file("PKCS12", file, "changeit"));
        TlsContextCache cache = new TlsContextCache();
        SslContext first = cache.client(settings);
        assertThat(cache.client(settings)).as("nothing has changed").isSameAs(first);

        // when
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));

        // then
        assertThat(cache.client(settings)).isSameAs(first);
        Files.write(file, new byte[0]);
        assertThat(cache.client(settings)).isSameAs(first);
        Files.delete(file);
        assertThat(cache.client(settings)).isSameAs(first);

        // when
        Files.write(file, whole);

        // then
        assertThat(cache.client(settings)).isNotSameAs(first);
    }

    @Test
    void settingsThatCouldNeverBeUsedAreAnError(@TempDir Path directory) {
        TlsSettings settings =
                TlsSettings.client(TlsSettings.Store.file("PKCS12", directory.resolve("none"), "changeit"));
        assertThatThrownBy(() -> new TlsContextCache().client(settings)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aProviderThatIsNotThereIsNamed() {
        TlsSettings settings = chosen(new TlsSettings.Implementations(
                Optional.of("NoSuchProvider"), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThatThrownBy(() -> new TlsContextCache().client(settings)).hasMessageContaining("NoSuchProvider");
    }

    @Test
    void algorithmsThatAreChosenAreUsed() {
        TlsSettings settings = chosen(new TlsSettings.Implementations(
                Optional.of("SunJSSE"), Optional.empty(), Optional.empty(), Optional.of("SHA1PRNG")));
        assertThat(new TlsContextCache().client(settings)).isNotNull();
        TlsSettings unknown = chosen(new TlsSettings.Implementations(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("NoSuchRandom")));
        assertThatThrownBy(() -> new TlsContextCache().client(unknown)).hasMessageContaining("NoSuchRandom");
    }

    private static TlsSettings chosen(TlsSettings.Implementations implementations) {
        return new TlsSettings(
                Optional.empty(),
                Optional.empty(),
                TlsSettings.ClientAuth.NONE,
                List.of(),
                List.of(),
                implementations,
                true);
    }

    @Test
    void anErrorNamesTheFileThatEndsTooEarly(@TempDir Path directory) throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.p12"));
        TlsSettings settings = TlsSettings.client(TlsSettings.Store.file("PKCS12", empty, "changeit"));
        assertThatThrownBy(() -> new TlsContextCache().client(settings))
                .hasMessageContaining(empty + " cannot be read as PKCS12 (java.io.");
    }
}
