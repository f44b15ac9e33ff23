package io.milena.wire;

import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS contexts that a process dials with: made once, and replaced whole when a file of theirs has changed and can be read. While it
 * cannot, because it is just being replaced, the old context stays, and the next dial tries again. Any thread.
 */
final class TlsContextCache {

    private static final Logger LOG = LoggerFactory.getLogger(TlsContextCache.class);

    private final Map<TlsSettings, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(SslContext context, List<FileState> files) {}

    private record FileState(Path path, @Nullable FileTime modified, long size) {

        static FileState of(Path path) {
            try {
                return new FileState(path, Files.getLastModifiedTime(path), Files.size(path));
            } catch (IOException e) {
                return new FileState(path, null, -1);
            }
        }
    }

    /** @throws IllegalArgumentException if there is no context yet and none can be made of the files */
    SslContext client(TlsSettings settings) {
        Entry known = entries.get(settings);
        List<FileState> files = files(settings);
        if (known != null && known.files().equals(files)) {
            return known.context();
        }
        try {
            SslContext context = TlsContexts.client(settings);
            // What was seen before it was read: a file that changes meanwhile is read once more.
            entries.put(settings, new Entry(context, files));
            return context;
        } catch (IllegalArgumentException e) {
            if (known == null) {
                throw e;
            }
            LOG.warn(
                    "TLS files {} have changed and cannot be used; going on with what was read of them before: {}",
                    files.stream().map(FileState::path).toList(),
                    e.getMessage());
            return known.context();
        }
    }

    private static List<FileState> files(TlsSettings settings) {
        List<FileState> files = new ArrayList<>(2);
        Stream.of(settings.keyStore(), settings.trustStore())
                .flatMap(Optional::stream)
                .map(TlsSettings.Store::location)
                .flatMap(Optional::stream)
                .forEach(path -> files.add(FileState.of(path)));
        return files;
    }
}
