package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.ssl.SslContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    void anErrorNamesTheFileThatEndsTooEarly(@TempDir Path directory) throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.p12"));
        TlsSettings settings = TlsSettings.client(TlsSettings.Store.file("PKCS12", empty, "changeit"));
        assertThatThrownBy(() -> new TlsContextCache().client(settings))
                .hasMessageContaining(empty + " cannot be read as PKCS12 (java.io.");
    }
}
