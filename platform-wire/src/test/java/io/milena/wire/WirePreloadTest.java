package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WirePreloadTest {
    private static final String TABLES_OF_MESSAGES = "org.apache.kafka.common.message.ApiMessageType";
    private static final String POOL = "io.netty.buffer.PoolArena";
    private static final String NO_NATIVE = "io.netty.transport.noNative";

    /** A second class loader with Netty's native library would take it from the first one, and with it the sockets of all other tests. */
    @BeforeEach
    void withoutNativeLibrary() {
        System.setProperty(NO_NATIVE, "true");
    }

    @AfterEach
    void withIt() {
        System.clearProperty(NO_NATIVE);
    }

    @Test
    void what_takes_long_is_loaded_on_threads_of_its_own_and_not_by_who_starts_a_node() throws Exception {
        try (Fresh fresh = new Fresh()) {
            fresh.loadClass(WireEventLoops.class.getName()).getMethod("preload").invoke(null);
            await().until(() -> fresh.loadedBy.containsKey(TABLES_OF_MESSAGES) && fresh.loadedBy.containsKey(POOL));

            assertThat(fresh.loadedBy)
                    .containsEntry(TABLES_OF_MESSAGES, "milena-preload-messages")
                    .containsEntry(POOL, "milena-preload-network");
        }
    }

    /** Our class path once more, with nothing loaded yet; remembers which thread loads what. */
    private static final class Fresh extends URLClassLoader {
        final Map<String, String> loadedBy = new ConcurrentHashMap<>();

        Fresh() {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        private static URL[] classPath() {
            String entries = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            return Arrays.stream(entries.split(System.getProperty("path.separator")))
                    .map(Fresh::url)
                    .toArray(URL[]::new);
        }

        private static URL url(String entry) {
            try {
                return Path.of(entry).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalArgumentException(entry, e);
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            loadedBy.putIfAbsent(name, Thread.currentThread().getName());
            return super.findClass(name);
        }
    }
}
